import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { routes, type Input } from '@shared/contract/api.ts'
import { AppError } from '@shared/contract/errors.ts'
import type { Run, TrainingSettings } from '@shared/contract/schemas.ts'
import { encodeShardHeader, encodeTokens } from '@shared/formats/shard.ts'
import { CharTokenizer } from '@shared/text/char.ts'
import { tokenizerToJson } from '@shared/text/tokenizer-json.ts'
import type { SessionOptions } from '@engine/model/session.ts'
import { FakeSession } from '@engine/train/testing/fake-session.ts'
import { call, testStudio } from '../../../../src-main/testing/studio.ts'
import type { OpenBackend } from './device.ts'
import { Engine, type EngineDeps } from './engine.ts'
import { connectHost } from './host.ts'
import type { EngineCommand, EngineEvent } from './protocol.ts'

const tokenizer = new CharTokenizer(Array.from('\n abcdef', (c) => c.codePointAt(0)!).sort((a, b) => a - b))
const V = tokenizer.vocabSize
const config = {
  vocabSize: V,
  nPositions: 8,
  nEmbd: V,
  nLayer: 1,
  nHead: 1,
  dropout: 0,
  qkvBias: false,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}
const settings: TrainingSettings = {
  steps: 40,
  batchSize: 2,
  learningRate: 0.1,
  minLearningRate: 0.01,
  warmupSteps: 2,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  gradClip: 0,
  seed: 1,
  evalEvery: 10,
  evalBatches: 2,
  sampleEvery: 20,
  checkpointEvery: 10,
  prompts: ['ab'],
}

/** A data folder as the data services leave it: shards of a text, a characters tokenizer, labelled records. */
async function dataOnDisk(dataDir: string) {
  const text = 'abc def\n'.repeat(40)
  await mkdir(join(dataDir, 'tokenizers/tok'), { recursive: true })
  await writeFile(join(dataDir, 'tokenizers/tok/tokenizer.json'), JSON.stringify(tokenizerToJson(tokenizer)))
  const folder = join(dataDir, 'datasets/data/tokens/tok')
  await mkdir(folder, { recursive: true })
  const shard = async (file: string, part: string) => {
    const ids = tokenizer.encode(part)
    const header = { dtypeBytes: 2, vocabSize: V, tokens: ids.length, crc: 0, tokenizerSha256: '0'.repeat(64) } as const
    const bytes = Buffer.concat([encodeShardHeader(header), encodeTokens(ids, 2)])
    await writeFile(join(folder, file), bytes)
    return { file, tokens: ids.length, bytes: bytes.length, sha256: '' }
  }
  const parts = {
    train: [await shard('train-0.bin', text.slice(0, 100)), await shard('train-1.bin', text.slice(100, 280))],
    val: [await shard('val-0.bin', text.slice(280))],
  }
  const records = join(dataDir, 'datasets/texts')
  await mkdir(records, { recursive: true })
  const rows = ['aaa', 'faf', 'aab', 'fff', 'ffa', 'aba'].map((text) => ({
    text,
    label: text[0] === 'a' ? 'low' : 'high',
  }))
  for (const part of ['train', 'val', 'test']) {
    await writeFile(join(records, `${part}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  }
  const sum = (shards: { tokens: number }[]) => shards.reduce((total, s) => total + s.tokens, 0)
  return {
    version: 1,
    datasetId: 'data',
    tokenizerId: 'tok',
    tokenizerSha256: '',
    vocabSize: V,
    dtypeBytes: 2,
    parts: {
      train: { tokens: sum(parts.train), shards: parts.train },
      val: { tokens: sum(parts.val), shards: parts.val },
    },
  }
}

async function setUp(openBackend?: EngineDeps['openBackend']) {
  const { studio, dataDir } = await testStudio()
  const manifest = await dataOnDisk(dataDir)
  const project = await call(studio, 'projects.create', { name: 'First' })
  const fetcher: typeof fetch = (url, init) => {
    const request = new Request(url as string, init)
    if (new URL(request.url).pathname === routes.rpc('tokens.manifest')) return Promise.resolve(Response.json(manifest))
    return studio.handle(request)
  }
  const events: EngineEvent[] = []
  const watchers = new Set<() => void>()
  const sessions: FakeSession[] = []
  const configure: { session: (session: FakeSession) => void } = { session: () => {} }
  const backends: { lose(): void }[] = []
  const open = async (): Promise<OpenBackend> => {
    let lose: (reason: string) => void = () => {}
    const lost = new Promise<string>((resolve) => (lose = resolve))
    let gone = false
    const backend: OpenBackend = {
      description: { kind: 'webgpu', adapter: 'fake', fallback: true },
      lost,
      lose: () => {
        gone = true
        lose('destroyed')
      },
      createSession: async (options: SessionOptions) => {
        const session = new FakeSession(options)
        const step = session.trainStep.bind(session)
        session.trainStep = async (...args) => {
          if (gone) throw new AppError({ code: 'gpu_lost', message: 'The graphics device was lost.' })
          return step(...args)
        }
        sessions.push(session)
        configure.session(session)
        return session
      },
    }
    backends.push(backend)
    return backend
  }
  const engine = new Engine({
    emit: (event) => {
      events.push(structuredClone(event))
      for (const watcher of watchers) watcher()
    },
    connect: (baseUrl, token) => connectHost(baseUrl, token, fetcher),
    openBackend: openBackend ?? open,
    now: () => performance.now(),
    wait: async () => {},
  })
  /** Resolves with the first event, past or to come, that fits. */
  const until = <T extends EngineEvent>(fits: (event: EngineEvent) => event is T) =>
    new Promise<T>((resolve) => {
      const look = () => {
        const found = events.find(fits)
        if (!found) return
        watchers.delete(look)
        resolve(found)
      }
      watchers.add(look)
      look()
    })
  const phase = (name: string) =>
    until((e): e is Extract<EngineEvent, { type: 'train' }> => e.type === 'train' && e.phase === name)
  const answer = (requestId: string) =>
    until(
      (e): e is Extract<EngineEvent, { requestId: string }> =>
        'requestId' in e && e.requestId === requestId && e.type !== 'token',
    )
  const createRun = (change: Partial<Input<'runs.create'>> = {}): Promise<Run> =>
    call(studio, 'runs.create', {
      projectId: project.id,
      kind: 'pretrain',
      config,
      tokenizerId: 'tok',
      datasetId: 'data',
      baseRunId: null,
      labels: [],
      settings,
      ...change,
    })
  const getRun = (id: string) => call(studio, 'runs.get', { id })
  const send = (command: EngineCommand) => engine.handle(command)
  send({ type: 'open', baseUrl: 'http://studio', token: 'x', backend: 'auto' })
  return { studio, dataDir, events, send, phase, answer, until, createRun, getRun, sessions, configure, backends }
}

const sampling = { temperature: 0, topK: 0, topP: 1, maxTokens: 4, seed: 1 }

describe('Engine', () => {
  test('trains a run over the real routes, and the model writes and is kept', async () => {
    const { studio, send, phase, answer, createRun, getRun, events } = await setUp()
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    const done = await getRun(run.id)
    expect(done).toMatchObject({
      status: 'finished',
      step: 40,
      bestStep: 40,
      backend: { kind: 'webgpu', adapter: 'fake' },
    })
    expect(done.valLoss!).toBeLessThan(0.7 * Math.log(V))
    expect(done.checkpoints.at(-1)).toMatchObject({ step: 40, best: true })
    const metrics = await call(studio, 'runs.metrics', { id: run.id })
    expect(metrics.map((m) => m.step)).toEqual(Array.from({ length: 41 }, (_, i) => i))
    expect((await call(studio, 'runs.samples', { id: run.id })).map((s) => s.step)).toEqual([0, 20, 40])
    expect(events.filter((e) => e.type === 'metrics').flatMap((e) => e.rows.length)).not.toContain(0)

    send({ type: 'loadModel', requestId: 'a', runId: run.id, prefer: 'best' })
    expect(await answer('a')).toMatchObject({ type: 'modelLoaded', step: 40 })
    send({ type: 'generate', requestId: 'b', prompt: 'ab', instruct: false, sampling })
    expect(await answer('b')).toMatchObject({ type: 'generated', tokens: 4, stopReason: 'length' })
    const text = events.flatMap((e) => (e.type === 'token' && e.requestId === 'b' ? e.text : [])).join('')
    expect(text).toBe('c de')
    send({ type: 'classify', requestId: 'c', text: 'a' })
    expect(await answer('c')).toMatchObject({ type: 'requestFailed', error: { code: 'bad_request' } })
  })

  test('classifies from a base run and reports', async () => {
    const { send, phase, answer, createRun, getRun, events } = await setUp()
    const base = await createRun()
    send({ type: 'train', runId: base.id, resume: false })
    await phase('finished')
    events.length = 0
    const run = await createRun({ kind: 'classify', datasetId: 'texts', baseRunId: base.id, labels: ['low', 'high'] })
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    expect((await getRun(run.id)).report).toMatchObject({ total: 6, baselineAccuracy: 0.5 })
    send({ type: 'loadModel', requestId: 'a', runId: run.id, prefer: 'best' })
    send({ type: 'classify', requestId: 'b', text: 'fff' })
    const result = await answer('b')
    expect(result).toMatchObject({ type: 'classified', truncated: false })
    const { probabilities } = result as Extract<EngineEvent, { type: 'classified' }>
    expect(probabilities[0]! + probabilities[1]!).toBeCloseTo(1)
    expect(probabilities[1]).toBeGreaterThan(0.5)
    send({ type: 'classify', requestId: 'c', text: 'f'.repeat(50) })
    expect(await answer('c')).toMatchObject({ truncated: true })
    send({ type: 'generate', requestId: 'd', prompt: 'a', instruct: false, sampling })
    expect(await answer('d')).toMatchObject({ type: 'requestFailed', error: { code: 'bad_request' } })
  })

  test('refuses to write while a run trains, but not while it is paused', async () => {
    const { send, phase, answer, createRun, configure } = await setUp()
    const first = await createRun()
    send({ type: 'train', runId: first.id, resume: false })
    await phase('finished')
    send({ type: 'loadModel', requestId: 'a', runId: first.id, prefer: 'best' })
    await answer('a')
    const second = await createRun({ settings: { ...settings, steps: 100_000 } })
    configure.session = (session) => {
      const step = session.trainStep.bind(session)
      session.trainStep = async (batch, options) => {
        if (options.step === 5) send({ type: 'generate', requestId: 'busy', prompt: 'a', instruct: false, sampling })
        if (options.step === 9) send({ type: 'pause' })
        return step(batch, options)
      }
    }
    send({ type: 'train', runId: second.id, resume: false })
    expect(await answer('busy')).toMatchObject({ type: 'requestFailed', error: { code: 'busy' } })
    await phase('paused')
    send({ type: 'generate', requestId: 'c', prompt: 'a', instruct: false, sampling })
    expect(await answer('c')).toMatchObject({ type: 'generated' })
    send({ type: 'stop' })
    await phase('stopped')
  })

  test('a second run is refused while one trains; stop saves and a resume goes on with the same losses', async () => {
    const whole = await setUp()
    const reference = await whole.createRun()
    whole.send({ type: 'train', runId: reference.id, resume: false })
    await whole.phase('finished')
    const expected = await call(whole.studio, 'runs.metrics', { id: reference.id })

    const { studio, send, phase, until, createRun, getRun, configure, events } = await setUp()
    const run = await createRun()
    const other = await createRun()
    configure.session = (session) => {
      const step = session.trainStep.bind(session)
      session.trainStep = async (batch, options) => {
        if (options.step === 17) {
          send({ type: 'train', runId: other.id, resume: false })
          send({ type: 'stop' })
        }
        return step(batch, options)
      }
    }
    send({ type: 'train', runId: run.id, resume: false })
    const refused = await until(
      (e): e is Extract<EngineEvent, { type: 'train' }> => e.type === 'train' && e.runId === other.id,
    )
    expect(refused).toMatchObject({ phase: 'failed', error: { code: 'busy' } })
    await phase('stopped')
    expect(await getRun(run.id)).toMatchObject({ status: 'stopped' })
    expect((await getRun(other.id)).status).toBe('created')
    configure.session = () => {}
    events.length = 0
    send({ type: 'train', runId: run.id, resume: true })
    await phase('finished')
    const got = await call(studio, 'runs.metrics', { id: run.id })
    expect(got.map((m) => [m.step, m.loss, m.valLoss])).toEqual(expected.map((m) => [m.step, m.loss, m.valLoss]))
  })

  test('a destroyed device comes back and the run ends as if nothing had been', async () => {
    const { send, phase, createRun, events, configure, backends, sessions } = await setUp()
    const run = await createRun()
    configure.session = (session) => {
      if (sessions.length > 1) return
      const step = session.trainStep.bind(session)
      session.trainStep = async (batch, options) => {
        if (options.step === 25) send({ type: 'loseDevice' })
        await new Promise((resolve) => setImmediate(resolve))
        return step(batch, options)
      }
    }
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    expect(backends.length).toBe(2)
    expect(sessions.length).toBe(2)
    expect(events.filter((e) => e.type === 'deviceLost')).toEqual([
      { type: 'deviceLost', reason: 'The graphics device was lost.', recovering: true },
    ])
  })

  test('a damaged checkpoint is passed over, with a note', async () => {
    const { send, phase, until, createRun, getRun, dataDir, events } = await setUp()
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    const newest = (await getRun(run.id)).checkpoints.at(-1)!
    const file = join(dataDir, 'runs', run.id, 'checkpoints', newest.id, 'model.safetensors')
    const bytes = await readFile(file)
    bytes[bytes.length - 1]! ^= 1
    await writeFile(file, bytes)
    events.length = 0
    send({ type: 'train', runId: run.id, resume: true })
    const running = await until(
      (e): e is Extract<EngineEvent, { type: 'train' }> => e.type === 'train' && e.phase === 'running',
    )
    expect(running.step).toBe(30)
    expect(running.note).toContain('has changed on disk')
    await phase('finished')
  })

  test('no adapter is said in plain words, and fails a run without losing it', async () => {
    const error = new AppError({ code: 'no_gpu', message: 'No graphics adapter was found.' })
    const { send, until, phase, createRun, getRun } = await setUp(() => Promise.reject(error))
    const told = await until((e): e is Extract<EngineEvent, { type: 'unavailable' }> => e.type === 'unavailable')
    expect(told.error).toEqual(error.toData())
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    expect(await phase('failed')).toMatchObject({ error: { code: 'no_gpu' } })
    expect(await getRun(run.id)).toMatchObject({ status: 'failed', error: { code: 'no_gpu' } })
  })

  test('a cancelled answer stops', async () => {
    const { send, phase, answer, createRun } = await setUp()
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    send({ type: 'loadModel', requestId: 'a', runId: run.id, prefer: 'newest' })
    send({ type: 'generate', requestId: 'b', prompt: 'a', instruct: false, sampling: { ...sampling, maxTokens: 1e9 } })
    send({ type: 'cancel', requestId: 'b' })
    expect(await answer('b')).toMatchObject({ type: 'generated', stopReason: 'stopped' })
  })
})
