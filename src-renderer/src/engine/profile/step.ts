import type { GptConfig } from '@shared/model/config.ts'
import { trainStepFlops } from '@shared/model/flops.ts'
import { createSession } from '../model/gpt.ts'
import { trainingPrograms } from '../model/training.ts'
import { initialParams } from '../train/initial.ts'
import { groupOps, type InspectableBackend, type OpGroup, type OpTiming, type ProfileClock } from './profile.ts'

/** Whose training step is looked at: T is the model's whole context. */
export interface StepSpec {
  config: GptConfig
  batchSize: number
}

export interface StepProfile extends StepSpec {
  /** Median milliseconds from a batch to its loss, one step after the other. */
  stepMs: number
  /** Steps that it is the median of. */
  steps: number
  /** Operations of a step by the usual count (`trainStepFlops`), which its share of the peak is told by. */
  flops: number
  tokens: number
  /** Submits and dispatches of one step, the reading of its loss among them. */
  submits: number
  dispatches: number
  /** Bytes that the model and its training take on the device. */
  bytes: number
  clock: ProfileClock
  /** Operations of the same kind and sizes together, the longest first. */
  ops: OpGroup[]
}

const HEAD = { kind: 'lm' } as const
const OPTIMIZER = { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, gradClip: 1 }
const LEARNING_RATE = 1e-4
/** Steps in which kernels are compiled, memory is touched and submits are cut to size. */
const WARM_UP = 2
const MOST_STEPS = 20
const LONG_ENOUGH_MS = 1500

/**
 * Trains a new model on random tokens for a few steps, then once with the time of every operation.
 * @throws AppError 'out_of_memory' where the device has not enough
 */
export async function profileStep(backend: InspectableBackend, { config, batchSize }: StepSpec): Promise<StepProfile> {
  const seqLen = config.nPositions
  const session = await createSession(backend, { config, head: HEAD, batchSize, seqLen, optimizer: OPTIMIZER })
  try {
    session.setState({ params: initialParams(config, HEAD, 1) })
    const tokens = batchSize * seqLen
    const batch = { inputIds: spread(tokens, config.vocabSize, 0), labels: spread(tokens, config.vocabSize, 1) }
    let taken = 0
    const step = async () => {
      const start = performance.now()
      await session.trainStep(batch, { learningRate: LEARNING_RATE, step: ++taken, seed: 1 })
      return performance.now() - start
    }
    for (let i = 0; i < WARM_UP; i++) await step()
    const times: number[] = []
    const begin = performance.now()
    const before = { ...backend.counters }
    do times.push(await step())
    while (times.length < MOST_STEPS && performance.now() - begin < LONG_ENOUGH_MS)
    const perStep = (count: 'submits' | 'dispatches') =>
      Math.round((backend.counters[count] - before[count]) / times.length)
    const counts = { submits: perStep('submits'), dispatches: perStep('dispatches') }
    const ops: OpTiming[] = []
    let clock: ProfileClock = 'timestamps'
    for (const program of trainingPrograms(session.parts.training!)) {
      const profile = await backend.profile(program)
      ops.push(...profile.ops)
      clock = profile.clock
    }
    return {
      ...{ config, batchSize, tokens, clock, ...counts },
      stepMs: median(times),
      steps: times.length,
      flops: trainStepFlops(config, batchSize, seqLen),
      bytes: Object.values(session.memory).reduce((a, b) => a + b, 0),
      ops: groupOps(ops),
    }
  } finally {
    session.dispose()
  }
}

/** Token ids from all over the vocabulary, as those of a text are. */
const spread = (length: number, vocabSize: number, from: number) =>
  Int32Array.from({ length }, (_, i) => ((i + from) * 2_654_435_761) % vocabSize)

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
