import { describe, expect, test } from 'vitest'
import type { PreviewRecord, TrainingSettings } from '@shared/contract/schemas.ts'
import type { LmBatch } from '@engine/model/session.ts'
import { classificationReport, classifyJob } from './classify-job.ts'
import { TrainControl } from './control.ts'
import { initialParams } from './initial.ts'
import { instructJob } from './instruct-job.ts'
import { prepareJob } from './prepare.ts'
import { pretrainJob } from './pretrain-job.ts'
import { trainRun } from './run.ts'
import { FakeSession } from './testing/fake-session.ts'
import { letters } from './testing/letters.ts'
import { arraySource, MemoryIo } from './testing/memory-io.ts'

const config = {
  vocabSize: 128,
  nPositions: 300,
  nEmbd: 128,
  nLayer: 1,
  nHead: 1,
  dropout: 0,
  qkvBias: false,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}
const settings: TrainingSettings = {
  steps: 60,
  batchSize: 4,
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
  evalEvery: 20,
  evalBatches: 3,
  sampleEvery: 60,
  checkpointEvery: 60,
  prompts: [],
}
const always = async () => true

describe('instruct', () => {
  const pair = (n: number) => ({
    instruction: `Say ${n}`,
    input: n % 2 ? 'twice' : '',
    output: 'ok'.repeat(1 + (n % 3)),
  })
  const records = Array.from({ length: 10 }, (_, n) => pair(n))

  test('only answers and end tokens are learned', async () => {
    const job = instructJob(config, settings, letters, { train: records, val: records.slice(0, 3) })
    const { batch } = await job.training.at({ epoch: 0, index: 0 })
    const { labels } = batch as LmBatch
    for (let b = 0; b < 4; b++) {
      const learned = [...labels.subarray(b * job.seqLen, (b + 1) * job.seqLen)].filter((l) => l !== -100)
      expect(String.fromCharCode(...learned)).toMatch(/^(ok){1,3}\0$/)
    }
    expect(job.notes).toEqual([])
  })

  test('says what was cut and left out, and refuses when nothing is left', () => {
    const long = { instruction: 'x'.repeat(400), input: '', output: 'y' }
    const cut = { instruction: 'a', input: '', output: 'y'.repeat(400) }
    const job = instructJob(config, settings, letters, { train: [...records, long, cut], val: [] })
    expect(job.notes).toEqual([
      '2 pairs were cut to the context of 300 tokens.',
      '1 pairs were left out because the cut took the whole answer.',
    ])
    expect(() => instructJob({ ...config, nPositions: 64 }, settings, letters, { train: records, val: [] })).toThrow(
      /No pair fits the context of 64 tokens: the shortest prompt alone takes \d+/,
    )
  })

  test('shows its answers to held-out instructions', async () => {
    const job = instructJob(config, settings, letters, { train: records, val: records.slice(2, 8) })
    const session = new FakeSession({ config, head: job.head, batchSize: 4, seqLen: job.seqLen, optimizer: null })
    const seen = []
    for await (const { prompt } of job.write!(session, always)) seen.push(prompt)
    expect(seen).toEqual(['Say 2', 'Say 3\ntwice', 'Say 4'])
  })
})

describe('pretrain', () => {
  test('continues each prompt, and refuses a text shorter than the context', async () => {
    const tokens = { train: arraySource(letters.encode('ab'.repeat(200))), val: arraySource([]) }
    const job = pretrainJob(config, { ...settings, prompts: ['a', 'b'] }, letters, tokens)
    const session = new FakeSession({ config, head: job.head, batchSize: 4, seqLen: job.seqLen, optimizer: null })
    const seen = []
    for await (const sample of job.write!(session, always)) seen.push(sample)
    expect(seen.map((s) => s.prompt)).toEqual(['a', 'b'])
    expect(() => pretrainJob(config, settings, letters, { ...tokens, train: arraySource([1, 2, 3]) })).toThrow(
      expect.objectContaining({ code: 'too_short' }),
    )
  })
})

describe('classify', () => {
  const labels = ['cold', 'warm']
  const text = (n: number): PreviewRecord =>
    n % 3 === 0 ? { text: `ice snow ${n}`, label: 'cold' } : { text: `sun fire ${n}`, label: 'warm' }
  const all = Array.from({ length: 60 }, (_, n) => text(n))

  test('learns, and reports on the test part beside the majority baseline', async () => {
    const io = new MemoryIo()
    io.parts = { train: all.slice(0, 40), val: all.slice(40, 50), test: all.slice(50) }
    const run = { kind: 'classify', config, settings, labels } as const
    let report: unknown
    const outcome = await trainRun({
      config,
      settings,
      resume: false,
      prepare: () => prepareJob({ ...run, labels: [...labels] }, letters, io),
      initialParams: async (job) => initialParams(config, job.head, 1),
      openSession: async (options) => new FakeSession(options),
      io,
      events: { phase() {}, metrics() {}, sample() {}, checkpoint() {}, report: (r) => (report = r) },
      control: new TrainControl(),
      replaceDevice: () => false,
      onDeviceLost: () => {},
      now: () => 0,
      wait: async () => {},
    })
    expect(outcome).toBe('finished')
    expect(report).toEqual({
      labels,
      confusion: [
        [3, 0],
        [0, 7],
      ],
      accuracy: 1,
      baselineAccuracy: 0.7,
      baselineLabel: 'warm',
      total: 10,
    })
    expect(io.run).toMatchObject({ status: 'finished', valAccuracy: 1, report })
  })

  test('confusion counts true rows and predicted columns', () => {
    const predictions = [
      { label: 0, predicted: 1 },
      { label: 0, predicted: 0 },
      { label: 1, predicted: 1 },
      { label: 1, predicted: 1 },
    ]
    expect(classificationReport(labels, predictions, [{ label: 0 }])).toEqual({
      labels,
      confusion: [
        [1, 1],
        [0, 2],
      ],
      accuracy: 0.75,
      baselineAccuracy: 0.5,
      baselineLabel: 'cold',
      total: 4,
    })
  })

  test('one class is refused', () => {
    expect(() => classifyJob(config, settings, letters, ['ham'], { train: all, val: [], test: [] })).toThrow(
      expect.objectContaining({ code: 'one_class', message: 'There is only one class (“ham”).' }),
    )
  })
})
