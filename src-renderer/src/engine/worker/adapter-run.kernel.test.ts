import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TrainingSettings } from '@shared/contract/schemas.ts'
import { openCpuNode } from '../../../../src-main/headless/cpu-node.ts'
import { readAnyModel } from '../../../../src-main/headless/any-model.ts'
import { call } from '../../../../src-main/testing/studio.ts'
import { openBackend } from './backends.ts'
import type { EngineEvent } from './protocol.ts'
import { RECORDS, sampling, settings, setUp } from '../../../../src-main/headless/testing/engine-world.ts'

const lora: TrainingSettings['trainable'] = {
  kind: 'lora',
  rank: 3,
  alpha: 6,
  layers: ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'],
}

/** The engine over a studio, on a processor that really computes. */
const world = () => {
  const openers = { adapter: async () => null, webgpu: () => openCpuNode(1, 'simd'), cpu: () => openCpuNode(1, 'simd') }
  return setUp(() => openBackend({ backend: 'cpu', threads: 1 }, openers), 'cpu')
}

async function pretrained() {
  const open = await world()
  const { send, createRun, until } = open
  const ends = (runId: string) =>
    until(
      (e): e is Extract<EngineEvent, { type: 'train' }> =>
        e.type === 'train' && e.runId === runId && ['finished', 'stopped', 'failed'].includes(e.phase),
    )
  const train = async (runId: string) => {
    send({ type: 'train', runId, resume: false })
    expect(await ends(runId)).toMatchObject({ phase: 'finished' })
  }
  const base = await createRun()
  await train(base.id)
  return { ...open, base, train, ends }
}

test('adapters to sort texts: small checkpoints, the same answers merged, as a whole model and from the command line', async () => {
  const { studio, dataDir, send, answer, createRun, getRun, base, train } = await pretrained()
  const own = { kind: 'classify', datasetId: 'texts', labels: ['low', 'high'], baseRunId: base.id } as const
  const input = { ...own, labels: [...own.labels] }
  const run = await createRun({ ...input, settings: { ...settings, steps: 20, evalBatches: 3, trainable: lora } })
  expect(run.baseCheckpointId).toBe((await getRun(base.id)).checkpoints.find((c) => c.best)!.id)
  await train(run.id)
  const done = await getRun(run.id)
  expect(done.report).toMatchObject({ total: 6 })
  const baseBytes = (await getRun(base.id)).checkpoints[0]!.bytes
  for (const { bytes } of done.checkpoints) expect(bytes).toBeLessThan(0.8 * baseBytes)
  const folder = join(dataDir, 'runs', run.id, 'checkpoints', done.checkpoints.at(-1)!.id)
  expect((await readdir(folder)).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'manifest.json',
    'optim.safetensors',
  ])

  const probabilities = async (runId: string, id: string, text = 'fab') => {
    send({ type: 'loadModel', requestId: `load ${id}`, runId, prefer: 'best' })
    await answer(`load ${id}`)
    send({ type: 'classify', requestId: id, text })
    const told = await answer(id)
    expect(told.type).toBe('classified')
    return told.type === 'classified' ? told.probabilities : []
  }
  const unmerged = await probabilities(run.id, 'a')
  // While it trained, the adapters stood beside their base; here they are merged into it.
  let loss = 0
  for (const [i, { text, label }] of RECORDS.entries()) {
    loss -= Math.log((await probabilities(run.id, `v${i}`, text))[own.labels.indexOf(label)]!) / RECORDS.length
  }
  expect(Math.abs(loss / done.bestValLoss! - 1)).toBeLessThan(1e-5)

  const whole = await createRun({ ...input, mergedFrom: run.id })
  send({ type: 'merge', requestId: 'm', runId: run.id, intoRunId: whole.id })
  expect(await answer('m')).toMatchObject({ type: 'merged' })
  expect(await probabilities(whole.id, 'b')).toEqual(unmerged)
  expect(await getRun(whole.id)).toMatchObject({
    status: 'finished',
    report: done.report,
    step: 20,
    mergedFrom: run.id,
  })
  expect(await call(studio, 'runs.metrics', { id: whole.id })).toEqual(
    await call(studio, 'runs.metrics', { id: run.id }),
  )
  // The whole model needs neither the adapters nor their base.
  await call(studio, 'runs.delete', { id: run.id })
  await call(studio, 'runs.delete', { id: base.id })
  expect(await probabilities(whole.id, 'c')).toEqual(unmerged)
})

test('adapters on adapters: the run goes on after a kill with the same losses, writes, and is read from its folder', async () => {
  const { studio, dataDir, send, answer, until, events, createRun, getRun, base, train, ends } = await pretrained()
  const own = { ...settings, steps: 12, checkpointEvery: 4, evalEvery: 4, sampleEvery: 100, trainable: lora }
  const first = await createRun({ baseRunId: base.id, settings: own })
  await train(first.id)
  const second = await createRun({ baseRunId: first.id, settings: own })
  await train(second.id)
  const whole = await call(studio, 'runs.metrics', { id: second.id })

  const killed = await createRun({ baseRunId: first.id, settings: own })
  send({ type: 'train', runId: killed.id, resume: false })
  await until((e): e is EngineEvent => e.type === 'checkpoint' && e.runId === killed.id && e.step >= 4)
  send({ type: 'stop' })
  const { phase } = await ends(killed.id)
  if (phase === 'stopped') {
    events.splice(0)
    // The engine clears its desk after it has told the end.
    await new Promise((resolve) => setImmediate(resolve))
    send({ type: 'train', runId: killed.id, resume: true })
    expect(await ends(killed.id)).toMatchObject({ phase: 'finished' })
  }
  const losses = (rows: typeof whole) => rows.map(({ step, loss, valLoss }) => [step, loss, valLoss])
  expect(losses(await call(studio, 'runs.metrics', { id: killed.id }))).toEqual(losses(whole))

  send({ type: 'loadModel', requestId: 'l', runId: second.id, prefer: 'best' })
  await answer('l')
  send({ type: 'generate', requestId: 'g', prompt: 'ab', instruct: false, sampling })
  expect(await answer('g')).toMatchObject({ type: 'generated', tokens: 4 })
  const { config, params } = await readAnyModel(join(dataDir, 'runs', second.id))
  expect(config).toEqual((await getRun(second.id)).config)
  expect([...params.keys()].some((name) => name.includes('lora'))).toBe(false)
  const stored = await readAnyModel(join(dataDir, 'runs', base.id))
  expect(params.get('transformer.h.0.mlp.c_fc.weight')).not.toEqual(
    stored.params.get('transformer.h.0.mlp.c_fc.weight'),
  )
})
