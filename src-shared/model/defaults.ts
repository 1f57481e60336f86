import type { RunKind, TrainingSettings } from '../contract/schemas.ts'
import type { GptConfig } from './config.ts'
import { trainStepFlops } from './flops.ts'
import { parameterCount } from './memory.ts'

/** Where a value comes from: the book, a measurement of ours, or a rule of thumb. */
export type ReasonSource = 'book' | 'measured' | 'rule'
export interface Reason {
  reason: string
  source: ReasonSource
}

export interface DefaultsInput {
  kind: RunKind
  config: GptConfig
  /** Pretrain: tokens per part. Others: training and validation records. */
  amount: { train: number; val: number }
  /** Instruct and classify: tokens of a typical long record; the context when left out. */
  recordTokens?: number
  /** True for a software adapter. */
  fallback: boolean
  /** Texts to continue while training, e.g. the first words of the person's own text. */
  prompts?: string[]
  /** What the person chose: the values that depend on these follow. */
  chosen?: Partial<Pick<TrainingSettings, 'steps' | 'batchSize' | 'learningRate'>>
}

export interface DefaultSettings {
  settings: TrainingSettings
  reasons: Record<keyof TrainingSettings, Reason>
}

/** Floating-point operations per second assumed before anything was measured, and the least time of a step in seconds. */
const SPEED = {
  fallback: { flops: 3e9, leastStep: 0.04, budget: 90 },
  hardware: { flops: 4e11, leastStep: 0.006, budget: 600 },
} as const

/** Training settings that suit this model, this text and this adapter, each with its reason. */
export function defaultSettings(input: DefaultsInput): DefaultSettings {
  const values = { ...size(input), ...rates(input) }
  const steps = input.chosen?.steps ?? values.steps.value
  const all = {
    ...values,
    ...fixed(input),
    ...rhythm(input, steps, input.chosen?.batchSize ?? values.batchSize.value),
    warmupSteps: because(
      Math.max(1, Math.round(steps * 0.05)),
      '5 % of the steps: the first gradients are the roughest.',
      'rule',
    ),
  }
  const entries = Object.entries(all) as [keyof TrainingSettings, Valued<unknown>][]
  return {
    settings: Object.fromEntries(entries.map(([key, v]) => [key, v.value])) as TrainingSettings,
    reasons: Object.fromEntries(
      entries.map(([key, v]) => [key, { reason: v.reason, source: v.source }]),
    ) as DefaultSettings['reasons'],
  }
}

interface Valued<T> extends Reason {
  value: T
}
const because = <T>(value: T, reason: string, source: ReasonSource): Valued<T> => ({ value, reason, source })

/** Batch size and number of steps. */
function size(input: DefaultsInput) {
  const { kind, config, fallback } = input
  const params = parameterCount(config)
  const seqLen =
    kind === 'pretrain' ? config.nPositions : Math.min(config.nPositions, input.recordTokens ?? config.nPositions)
  const examples = kind === 'pretrain' ? Math.floor(input.amount.train / config.nPositions) : input.amount.train
  const batchSize = batch(kind, params, seqLen, examples, fallback)
  const B = input.chosen?.batchSize ?? batchSize.value

  const speed = fallback ? SPEED.fallback : SPEED.hardware
  const stepSeconds = Math.max(speed.leastStep, trainStepFlops(config, B, seqLen) / speed.flops)
  const byTime = Math.max(20, Math.floor(speed.budget / stepSeconds))
  const epoch = Math.max(1, examples / B)
  const passes = kind === 'pretrain' ? 10 : 5
  const byPasses = Math.max(200, Math.ceil(epoch * passes))
  const byBudget = kind === 'pretrain' ? Math.max(200, Math.ceil((20 * params) / (B * seqLen))) : Infinity
  const steps = roundNicely(Math.min(byTime, byPasses, byBudget))
  const reason =
    byTime <= byPasses && byTime <= byBudget
      ? `About ${fallback ? 'three minutes' : 'ten minutes'} on this machine; more steps make it better.`
      : byPasses <= byBudget
        ? `${passes} passes over the examples; further passes mostly memorise.`
        : '20 tokens per parameter, the compute-optimal amount.'
  return { batchSize, steps: because(steps, reason, 'rule') }
}

function batch(kind: RunKind, params: number, seqLen: number, examples: number, fallback: boolean): Valued<number> {
  if (kind !== 'pretrain') {
    return because(Math.max(1, Math.min(8, examples)), 'The book finetunes with batches of 8.', 'book')
  }
  const tokens = fallback ? 512 : params < 1e7 ? 8192 : params < 5e7 ? 4096 : 2048
  const wanted = Math.max(1, Math.min(64, Math.round(tokens / seqLen)))
  if (wanted > examples) {
    return because(Math.max(1, examples), 'The text has no more examples than this.', 'rule')
  }
  const why = fallback
    ? 'without a graphics card, many small steps learn more from the same text than few large ones'
    : 'enough to keep a graphics card busy without filling its memory'
  return because(wanted, `About ${wanted * seqLen} tokens a step: ${why}.`, 'rule')
}

/** Learning rates. */
function rates(input: DefaultsInput) {
  const params = parameterCount(input.config)
  const peak =
    input.kind === 'pretrain'
      ? params < 5e5
        ? because(
            3e-3,
            'Tried on the stories with a Pocket model: 3e-3 learns faster than 1e-3 and than 1e-2.',
            'measured',
          )
        : params < 1e7
          ? because(1e-3, 'Small models bear larger steps; nanoGPT uses the same for models of this size.', 'rule')
          : because(5e-4, 'The book pretrains its 124M model with 5e-4.', 'book')
      : params < 5e5
        ? because(
            2e-3,
            'Sorting the starter messages, a Pocket model had 75 % right after 100 steps, and 64 % with 5e-4.',
            'measured',
          )
        : params < 5e7
          ? because(5e-4, 'A small model of your own needs larger steps than a big pretrained one.', 'rule')
          : because(5e-5, 'The book finetunes with 5e-5.', 'book')
  return {
    learningRate: peak,
    minLearningRate: because(
      (input.chosen?.learningRate ?? peak.value) / 10,
      'A tenth of the peak, where the cosine ends.',
      'rule',
    ),
  }
}

/** What hardly ever needs changing. */
function fixed(input: DefaultsInput) {
  const pretrain = input.kind === 'pretrain'
  return {
    beta1: because(0.9, "Adam's usual momentum.", 'rule'),
    beta2: pretrain
      ? because(0.99, 'Small batches are noisy: a longer memory of gradient sizes steadies the steps.', 'rule')
      : because(0.999, "PyTorch's default, as in the book.", 'book'),
    eps: because(1e-8, "PyTorch's default, as in the book.", 'book'),
    weightDecay: because(0.1, 'The book uses 0.1.', 'book'),
    gradClip: because(1, 'Cuts rare, huge gradients to length 1.', 'rule'),
    seed: because(123, 'Any number; the book uses 123. The same seed repeats the same run.', 'book'),
    prompts: because(
      input.prompts ?? (pretrain ? ['Every effort moves you'] : []),
      pretrain ? 'Continued again and again, they show the model growing.' : 'Left empty, held-out examples are used.',
      'book',
    ),
  }
}

/** How often to look and to save. */
function rhythm(input: DefaultsInput, steps: number, batchSize: number) {
  const every = (times: number) => Math.max(1, Math.round(steps / times))
  const evalEvery = Math.min(50, every(20))
  const examples = input.kind === 'pretrain' ? Math.floor(input.amount.val / input.config.nPositions) : input.amount.val
  // Texts to sort are short, and an accuracy over few of them says little.
  const most = (input.fallback ? 4 : 16) * (input.kind === 'classify' ? 4 : 1)
  const evalBatches = Math.max(1, Math.min(most, Math.ceil(examples / batchSize)))
  return {
    evalEvery: because(evalEvery, 'Often enough for a smooth curve, seldom enough to cost little.', 'rule'),
    evalBatches: because(
      evalBatches,
      evalBatches < most
        ? 'The whole validation part.'
        : 'The same batches each time, so that the curve is comparable.',
      'rule',
    ),
    sampleEvery: because(every(10), 'Ten looks at its writing during the run.', 'rule'),
    checkpointEvery: because(
      every(5),
      'A crash loses at most a fifth of the run; the best state is always kept.',
      'rule',
    ),
  }
}

/** To two leading digits. */
function roundNicely(n: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(n)) - 1)
  return Math.max(1, Math.round(n / unit) * unit)
}
