import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { routes, type Input } from '@shared/contract/api.ts'
import { AppError } from '@shared/contract/errors.ts'
import type { Run, TrainingSettings } from '@shared/contract/schemas.ts'
import { encodeShardHeader, encodeTokens } from '@shared/formats/shard.ts'
import { CharTokenizer } from '@shared/text/char.ts'
import { tokenizerToJson } from '@shared/text/tokenizer-json.ts'
import type { SessionOptions } from '@engine/model/session.ts'
import { FakeSession } from '@engine/train/testing/fake-session.ts'
import { call, testStudio } from '../../testing/studio.ts'
import type { OpenBackend } from '@engine/worker/device.ts'
import { Engine, type EngineDeps } from '@engine/worker/engine.ts'
import { connectHost } from '@engine/worker/host.ts'
import type { BackendWish, EngineCommand, EngineEvent } from '@engine/worker/protocol.ts'

const tokenizer = new CharTokenizer(Array.from('\n abcdef', (c) => c.codePointAt(0)!).sort((a, b) => a - b))
export const V = tokenizer.vocabSize
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
export const settings: TrainingSettings = {
  steps: 40,
  batchSize: 2,
  accumulation: 1,
  trainable: { kind: 'all' },
  recompute: 'auto',
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

/** Labelled texts, the same in each part. */
export const RECORDS = ['aaa', 'faf', 'aab', 'fff', 'ffa', 'aba'].map((text) => ({
  text,
  label: text.startsWith('a') ? ('low' as const) : ('high' as const),
}))

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
  for (const part of ['train', 'val', 'test']) {
    await writeFile(join(records, `${part}.jsonl`), RECORDS.map((row) => `${JSON.stringify(row)}\n`).join(''))
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

/** An engine over a studio on disk, with devices that pretend to compute unless others are given, and all that it tells. */
export async function setUp(openBackend?: EngineDeps['openBackend'], wanted: BackendWish['backend'] = 'auto') {
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
  const configure: { session: (session: FakeSession) => void; look: OpenBackend['look'] } = {
    session: () => {},
    look: async () => ({ at: 'device', groups: [] }),
  }
  const backends: { lose(): void }[] = []
  /** Whether the machine has its graphics card. */
  const machine = { card: true }
  const open = async ({ backend: wish, threads }: BackendWish): Promise<OpenBackend> => {
    if (wish === 'webgpu' && !machine.card) throw new AppError({ code: 'no_gpu', message: 'No adapter.' })
    const cpu = wish === 'cpu' || !machine.card
    let lose: (reason: string) => void = () => {}
    const lost = new Promise<string>((resolve) => (lose = resolve))
    let gone = false
    const backend: OpenBackend = {
      description: cpu
        ? { kind: 'cpu', adapter: 'WebAssembly', fallback: false, threads, cause: 'none', reason: 'No card.' }
        : { kind: 'webgpu', adapter: 'fake', fallback: false, cause: 'automatic', reason: 'A card.' },
      look: (look) => configure.look(look),
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
  send({ type: 'open', baseUrl: 'http://studio', token: 'x', backend: wanted, threads: 2 })
  return {
    studio,
    dataDir,
    events,
    send,
    phase,
    answer,
    until,
    createRun,
    getRun,
    sessions,
    configure,
    backends,
    machine,
  }
}

export const sampling = { temperature: 0, topK: 0, topP: 1, maxTokens: 4, seed: 1 }
