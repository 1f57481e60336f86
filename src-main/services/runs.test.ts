import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Input } from '@shared/contract/api.ts'
import type { TrainableChoice } from '@shared/model/trainable-choice.ts'
import { call, createRun, prepareProject, request, runInput, saveCheckpoint, testStudio } from '../testing/studio.ts'

describe('a run', () => {
  it('has a friendly name and a folder that is complete by itself', async () => {
    const { studio, dataDir } = await testStudio()
    const run = await createRun(studio, dataDir)
    expect(run.name).toMatch(/^[a-z]+-[a-z]+$/)
    expect(run).toMatchObject({ status: 'created', step: 0, checkpoints: [] })
    const folder = join(dataDir, 'runs', run.id)
    expect((await readdir(folder)).sort()).toEqual(['checkpoints', 'config.json', 'run.json', 'tokenizer.json'])
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({
      architectures: ['GPT2LMHeadModel'],
      n_embd: 8,
      n_ctx: 8,
      activation_function: 'gelu_new',
      eos_token_id: 16,
    })
  })

  it('as a classifier has its labels in config.json', async () => {
    const { studio, dataDir } = await testStudio()
    const input = runInput(await prepareProject(studio, dataDir))
    const { id } = await call(studio, 'runs.create', { ...input, kind: 'classify', labels: ['ham', 'spam'] })
    expect(JSON.parse(await readFile(join(dataDir, 'runs', id, 'config.json'), 'utf8'))).toMatchObject({
      architectures: ['GPT2ForSequenceClassification'],
      num_labels: 2,
      id2label: { 0: 'ham', 1: 'spam' },
      label2id: { ham: 0, spam: 1 },
      pad_token_id: 16,
    })
  })

  it.each([
    ['heads that do not divide the width', { config: { ...runInput('x').config, nHead: 3 } }, 'bad_request'],
    ['no such tokenizer', { tokenizerId: 'nothing' }, 'not_found'],
    ['no such dataset', { datasetId: 'nothing' }, 'not_found'],
    ['no such base', { baseRunId: 'nothing' }, 'not_found'],
    ['one class', { kind: 'classify', labels: ['ham'] }, 'one_class'],
  ] as const)('is refused with %s', async (_, change, code) => {
    const { studio, dataDir } = await testStudio()
    const input = { ...runInput(await prepareProject(studio, dataDir)), ...change } as ReturnType<typeof runInput>
    await expect(call(studio, 'runs.create', input)).rejects.toMatchObject({ code })
    expect(await call(studio, 'runs.list', {})).toEqual([])
  })

  it('is refused where its base has another shape', async () => {
    const { studio, dataDir } = await testStudio()
    const base = await createRun(studio, dataDir)
    const input = { ...runInput(base.projectId), baseRunId: base.id, config: { ...base.config, nPositions: 16 } }
    await expect(call(studio, 'runs.create', input)).rejects.toMatchObject({
      message: expect.stringContaining('nPositions 8, not 16'),
    })
  })

  it('keeps metrics, samples and progress', async () => {
    const { studio, dataDir } = await testStudio()
    const { id } = await createRun(studio, dataDir)
    await call(studio, 'runs.update', { id, patch: { status: 'running', step: 1, trainLoss: 2 } })
    const samples = [
      { step: 1, prompt: 'a', text: 'b' },
      { step: 1, prompt: 'c', text: 'd' },
    ]
    await call(studio, 'runs.append', { id, metrics: [{ step: 1, elapsedMs: 5, loss: 2 }], samples })
    expect(await call(studio, 'runs.metrics', { id })).toEqual([{ step: 1, elapsedMs: 5, loss: 2 }])
    expect(await call(studio, 'runs.samples', { id })).toEqual(samples)
    expect(await call(studio, 'runs.get', { id })).toMatchObject({ status: 'running', step: 1, trainLoss: 2 })
  })

  it('leaves its last failure behind when it runs again', async () => {
    const { studio, dataDir } = await testStudio()
    const { id } = await createRun(studio, dataDir)
    const error = { code: 'gpu_lost', message: 'The GPU went away.' } as const
    await call(studio, 'runs.update', { id, patch: { status: 'failed', error } })
    expect((await call(studio, 'runs.get', { id })).error).toEqual(error)
    await call(studio, 'runs.update', { id, patch: { status: 'running' } })
    expect((await call(studio, 'runs.get', { id })).error).toBeUndefined()
  })

  it('is not lost where updates cross', async () => {
    const { studio, dataDir } = await testStudio()
    const { id } = await createRun(studio, dataDir)
    const patches = [{ step: 3 }, { trainLoss: 1 }, { valLoss: 2 }, { tokensSeen: 4 }, { name: 'mine' }]
    await Promise.all(patches.map((patch) => call(studio, 'runs.update', { id, patch })))
    expect(await call(studio, 'runs.get', { id })).toMatchObject(Object.assign({}, ...patches))
  })
})

describe('after a kill', () => {
  it.each(['running', 'paused'] as const)('a run that was %s is interrupted', async (status) => {
    const first = await testStudio()
    const { id } = await createRun(first.studio, first.dataDir)
    await call(first.studio, 'runs.update', { id, patch: { status } })
    await first.studio.close()
    const { studio } = await testStudio(first.dataDir)
    expect((await call(studio, 'runs.get', { id })).status).toBe('interrupted')
  })

  it('one bad file costs only itself', async () => {
    const first = await testStudio()
    const good = await createRun(first.studio, first.dataDir)
    const bad = await call(first.studio, 'runs.create', runInput(good.projectId))
    await first.studio.close()
    await writeFile(join(first.dataDir, 'runs', bad.id, 'run.json'), '{"id":')
    await writeFile(join(first.dataDir, 'settings.json'), '{"theme":"pink"}')
    const { studio, log } = await testStudio(first.dataDir)
    expect((await call(studio, 'runs.list', {})).map(({ id }) => id)).toEqual([good.id])
    expect((await call(studio, 'settings.get', {})).theme).toBe('system')
    expect(log.join('\n')).toContain('run.json.corrupt')
  })
})

it('a run that no page trains any more is interrupted', async () => {
  const { studio, dataDir } = await testStudio()
  const { id } = await createRun(studio, dataDir)
  const page = await studio.handle(request('/events'))
  await call(studio, 'runs.update', { id, patch: { status: 'running' } })
  await page.body!.cancel()
  await vi.waitFor(async () => expect((await call(studio, 'runs.get', { id })).status).toBe('interrupted'))
})

it('tells when training starts and when it ends', async () => {
  const { studio, dataDir } = await testStudio()
  const seen: boolean[] = []
  studio.onActivity((active) => seen.push(active))
  const { id } = await createRun(studio, dataDir)
  for (const status of ['running', 'running', 'paused', 'running', 'finished'] as const) {
    await call(studio, 'runs.update', { id, patch: { status } })
  }
  expect(seen).toEqual([true, false, true, false])
})

const lora: TrainableChoice = { kind: 'lora', rank: 2, alpha: 4, layers: ['attn.c_attn'] }
const onto = (base: { id: string; projectId: string }): Input<'runs.create'> => {
  const input = runInput(base.projectId)
  return { ...input, baseRunId: base.id, settings: { ...input.settings, trainable: lora } }
}

describe('a run with adapters', () => {
  it('belongs to a checkpoint of its base, which stays as long as it is there', async () => {
    const { studio, dataDir } = await testStudio()
    const base = await createRun(studio, dataDir)
    const best = await saveCheckpoint(studio, base.id, 1, true)
    await saveCheckpoint(studio, base.id, 2)
    const run = await call(studio, 'runs.create', onto(base))
    expect(run.baseCheckpointId).toBe(best)
    for (const step of [3, 4, 5]) await saveCheckpoint(studio, base.id, step, step === 4)
    const kept = (await call(studio, 'runs.get', { id: base.id })).checkpoints.map(({ step }) => step)
    expect(kept).toEqual([1, 4, 5])
    expect((await call(studio, 'checkpoints.get', { runId: base.id, id: best })).state.step).toBe(1)
    await expect(call(studio, 'runs.delete', { id: base.id })).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining(`“${run.name}” consists of adapters to it`) as string,
    })
    await call(studio, 'runs.delete', { id: run.id })
    await call(studio, 'runs.delete', { id: base.id })
  })

  it('goes with its project, base and all', async () => {
    const { studio, dataDir } = await testStudio()
    const base = await createRun(studio, dataDir)
    await saveCheckpoint(studio, base.id, 1, true)
    await call(studio, 'runs.create', onto(base))
    await call(studio, 'projects.delete', { id: base.projectId })
    expect(await call(studio, 'runs.list', {})).toEqual([])
  })

  it('is refused without a model to add to', async () => {
    const { studio, dataDir } = await testStudio()
    const base = await createRun(studio, dataDir)
    await expect(call(studio, 'runs.create', { ...onto(base), baseRunId: null })).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('on a model that has learned already') as string,
    })
    await expect(call(studio, 'runs.create', onto(base))).rejects.toMatchObject({ code: 'not_found' })
    const id = await saveCheckpoint(studio, base.id, 1, true)
    await writeFile(join(dataDir, 'runs', base.id, 'checkpoints', id, 'model.safetensors'), 'step 2    weights...')
    await expect(call(studio, 'checkpoints.get', { runId: base.id, id })).rejects.toMatchObject({ code: 'corrupt' })
    await expect(call(studio, 'checkpoints.get', { runId: base.id, id: 'gone' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('an older run without the setting trains everything', async () => {
    const { studio, dataDir } = await testStudio()
    const { id } = await createRun(studio, dataDir)
    const file = join(dataDir, 'runs', id, 'run.json')
    const stored = JSON.parse(await readFile(file, 'utf8')) as { settings: Record<string, unknown> }
    delete stored.settings.trainable
    delete stored.settings.accumulation
    await writeFile(file, JSON.stringify(stored))
    expect((await call(studio, 'runs.get', { id })).settings).toMatchObject({
      trainable: { kind: 'all' },
      accumulation: 1,
    })
  })
})

describe('deleting', () => {
  it('takes a run out of its project, but not while it is trained', async () => {
    const { studio, dataDir } = await testStudio()
    const run = await createRun(studio, dataDir)
    await saveCheckpoint(studio, run.id, 1)
    await call(studio, 'projects.update', {
      id: run.projectId,
      patch: { pretrainRunId: run.id, instructRunId: 'other' },
    })
    await call(studio, 'runs.update', { id: run.id, patch: { status: 'running' } })
    await expect(call(studio, 'runs.delete', { id: run.id })).rejects.toMatchObject({ code: 'busy' })
    await call(studio, 'runs.update', { id: run.id, patch: { status: 'stopped' } })
    await call(studio, 'runs.delete', { id: run.id })
    expect(await readdir(join(dataDir, 'runs'))).toEqual([])
    expect(await call(studio, 'projects.get', { id: run.projectId })).toMatchObject({
      pretrainRunId: null,
      instructRunId: 'other',
    })
  })

  it('takes a project with its runs and chats, and leaves the data', async () => {
    const { studio, dataDir } = await testStudio()
    const run = await createRun(studio, dataDir)
    await call(studio, 'chats.create', { projectId: run.projectId, runId: run.id, title: 'Hello' })
    await call(studio, 'projects.delete', { id: run.projectId })
    for (const folder of ['runs', 'chats', 'projects']) expect(await readdir(join(dataDir, folder))).toEqual([])
    expect(await readdir(join(dataDir, 'datasets'))).toEqual(['data'])
  })
})

describe('chats', () => {
  it('are kept per project, last used first', async () => {
    const { studio, dataDir } = await testStudio()
    const { projectId, id: runId } = await createRun(studio, dataDir)
    const first = await call(studio, 'chats.create', { projectId, runId, title: 'First' })
    await call(studio, 'chats.create', { projectId, runId, title: 'Second' })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1000 })
    const message = {
      id: 'm1',
      role: 'user',
      content: 'Hi',
      createdAt: first.createdAt,
      stopReason: null,
      tokens: 1,
      tokensPerSecond: null,
      seed: null,
    } as const
    const saved = await call(studio, 'chats.save', { ...first, projectId: 'stolen', messages: [message] })
    vi.useRealTimers()
    expect(saved).toMatchObject({ projectId, messages: [message] })
    const titles = (await call(studio, 'chats.list', { projectId })).map(({ title }) => title)
    expect(titles).toEqual(['First', 'Second'])
    await call(studio, 'chats.delete', { id: first.id })
    expect(await call(studio, 'chats.list', { projectId })).toHaveLength(1)
    await expect(call(studio, 'chats.save', first)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('belong to a project and a run that exist', async () => {
    const { studio, dataDir } = await testStudio()
    const { projectId, id: runId } = await createRun(studio, dataDir)
    await expect(call(studio, 'chats.create', { projectId: 'nobody', runId, title: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(call(studio, 'chats.create', { projectId, runId: 'nobody', title: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
