import type { RunKind, TrainingSettings } from '../contract/schemas.ts'
import type { GptConfig } from './config.ts'
import { trainStepFlops } from './flops.ts'
import { speedOf, type Hardware } from './hardware.ts'
import { fitMemory, memoryBudget } from './memory-fit.ts'
import { parameterCount } from './memory.ts'
import type { LoraChoice, TrainableChoice } from './trainable-choice.ts'

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
  hardware: Hardware
  /** Texts to continue while training, e.g. the first words of the person's own text. */
  prompts?: string[]
  /** What the person chose: the values that depend on these follow. */
  chosen?: Partial<
    Pick<TrainingSettings, 'steps' | 'batchSize' | 'accumulation' | 'learningRate' | 'trainable' | 'precision'>
  >
}

export interface DefaultSettings {
  settings: TrainingSettings
  reasons: Record<keyof TrainingSettings, Reason>
}

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

/** Seconds of training steps that a first run takes at most, and what it comes to with measuring, sampling and saving. */
const BUDGET = {
  gpu: { seconds: 600, words: 'ten minutes' },
  cpu: { seconds: 240, words: 'five minutes' },
  software: { seconds: 90, words: 'three minutes' },
} as const

/** Batch size and number of steps. */
function size(input: DefaultsInput) {
  const { kind, config, hardware } = input
  const params = parameterCount(config)
  const seqLen =
    kind === 'pretrain' ? config.nPositions : Math.min(config.nPositions, input.recordTokens ?? config.nPositions)
  const examples = kind === 'pretrain' ? Math.floor(input.amount.train / config.nPositions) : input.amount.train
  const { batchSize, accumulation } = fitted(input, seqLen, batch(kind, params, seqLen, examples, hardware))
  const B = (input.chosen?.batchSize ?? batchSize.value) * (input.chosen?.accumulation ?? accumulation.value)

  const speed = speedOf(hardware)
  const stepSeconds = Math.max(speed.leastStep, trainStepFlops(config, B, seqLen) / speed.flops)
  const byTime = Math.max(20, Math.floor(BUDGET[hardware.kind].seconds / stepSeconds))
  const epoch = Math.max(1, examples / B)
  // The smallest models need to meet a fact often: on the starter instructions the answers were still getting better after four passes.
  const passes = kind === 'pretrain' || (kind === 'instruct' && params < 2e6) ? 10 : 5
  const byPasses = Math.max(200, Math.ceil(epoch * passes))
  const byBudget = kind === 'pretrain' ? Math.max(200, Math.ceil((20 * params) / (B * seqLen))) : Infinity
  const steps = roundNicely(Math.min(byTime, byPasses, byBudget))
  const reason =
    byTime <= byPasses && byTime <= byBudget
      ? `About ${BUDGET[hardware.kind].words} on this machine; more steps make it better.`
      : byPasses <= byBudget
        ? `${passes} passes over the examples; further passes mostly memorise.`
        : '20 tokens per parameter, the compute-optimal amount.'
  return { batchSize, accumulation, steps: because(steps, reason, 'rule') }
}

/** A batch in as many parts as the device's memory asks for, where that is known. */
function fitted({ config, hardware, chosen }: DefaultsInput, seqLen: number, wanted: Valued<number>) {
  const one = because(1, 'A batch that fits into memory needs no second one before each step.', 'rule')
  if (chosen?.batchSize !== undefined) return { batchSize: wanted, accumulation: one }
  const wish = { config, seqLen, batchSize: wanted.value, precision: chosen?.precision }
  const { batchSize, accumulation, fits } = fitMemory(wish, hardware, memoryBudget(hardware))
  if (accumulation === 1 || !fits) return { batchSize: wanted, accumulation: one }
  const why = `${wanted.value} at once would not fit into memory.`
  return {
    batchSize: because(batchSize, why, 'rule'),
    accumulation: because(accumulation, `${why} So a step takes ${accumulation} batches of ${batchSize}.`, 'rule'),
  }
}

function batch(
  kind: RunKind,
  params: number,
  seqLen: number,
  examples: number,
  { kind: device }: Hardware,
): Valued<number> {
  if (kind !== 'pretrain') {
    return because(Math.max(1, Math.min(8, examples)), 'The book finetunes with batches of 8.', 'book')
  }
  const tokens =
    device === 'software' ? 512 : device === 'cpu' ? 1024 : params < 1e7 ? 8192 : params < 5e7 ? 4096 : 2048
  const wanted = Math.max(1, Math.min(64, Math.round(tokens / seqLen)))
  if (wanted > examples) {
    return because(Math.max(1, examples), 'The text has no more examples than this.', 'rule')
  }
  const why =
    device !== 'gpu'
      ? 'without a graphics card, many small steps learn more from the same text than few large ones'
      : 'enough to keep a graphics card busy without filling its memory'
  return because(wanted, `About ${wanted * seqLen} tokens a step: ${why}.`, 'rule')
}

/** Learning rates. */
function rates(input: DefaultsInput) {
  const params = parameterCount(input.config)
  const peak =
    input.kind === 'pretrain'
      ? params < 8e5
        ? because(
            3e-3,
            'Tried on the stories with a Pocket model: 3e-3 learns faster than 1e-3 and than 1e-2. Models up to 0.8 million parameters take the same.',
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
        : params < 2e6
          ? because(
              2e-3,
              'Tried on the starter instructions with 0.7 million parameters: 2e-3 learns them within ten passes. Sorting texts takes the same.',
              'measured',
            )
          : params < 5e7
            ? because(5e-4, 'A small model of your own needs larger steps than a big pretrained one.', 'rule')
            : because(5e-5, 'The book finetunes with 5e-5.', 'book')
  const learningRate = ofPart(peak, input)
  return {
    learningRate,
    minLearningRate: because(
      (input.chosen?.learningRate ?? learningRate.value) / 10,
      'A tenth of the peak, where the cosine ends.',
      'rule',
    ),
  }
}

/** Where only a part learns, it bears and needs larger steps. */
function ofPart(peak: Valued<number>, input: DefaultsInput): Valued<number> {
  const trainable = input.chosen?.trainable ?? learning(input).value
  if (trainable.kind === 'all') return peak
  return because(
    Number((5 * peak.value).toPrecision(3)),
    'Where only a part learns, five times the rate for everything: sorting the starter messages, adapters and a last block of a Pocket model did best with 1e-2, among 2e-3 to 2e-2.',
    'measured',
  )
}

/** What hardly ever needs changing. */
function fixed(input: DefaultsInput) {
  const pretrain = input.kind === 'pretrain'
  return {
    recompute: because<TrainingSettings['recompute']>(
      'auto',
      'Only what does not fit into memory is worked out again; the numbers stay the same.',
      'rule',
    ),
    precision: because<NonNullable<TrainingSettings['precision']>>(
      'f32',
      'Works everywhere. Mixed precision is worth a try where memory is short or steps are long.',
      'rule',
    ),
    trainable: learning(input),
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

/** Parameters from which on finetuning everything takes more than it gives. */
const MANY_PARAMETERS = 5e7

/** What a new adapter is like unless said otherwise. */
export const LORA_DEFAULT: LoraChoice = {
  kind: 'lora',
  rank: 8,
  alpha: 16,
  // On all of them an adapter can match training everything (Dettmers et al. 2023, QLoRA, section 4).
  layers: ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'],
}

function learning({ kind, config }: DefaultsInput): Valued<TrainableChoice> {
  if (kind === 'pretrain') return because({ kind: 'all' }, 'Nothing has been learned yet that could stay.', 'rule')
  if (parameterCount(config) < MANY_PARAMETERS)
    return because(
      { kind: 'all' },
      'A model of this size is quickly finetuned whole, and learns most that way.',
      'rule',
    )
  return because(
    LORA_DEFAULT,
    'With many parameters, adapters learn nearly as much as everything in far less memory.',
    'rule',
  )
}

/** How often to look and to save. */
function rhythm(input: DefaultsInput, steps: number, batchSize: number) {
  const every = (times: number) => Math.max(1, Math.round(steps / times))
  const evalEvery = Math.min(50, every(20))
  const examples = input.kind === 'pretrain' ? Math.floor(input.amount.val / input.config.nPositions) : input.amount.val
  // Texts to sort are short, and an accuracy over few of them says little.
  const most = (input.hardware.kind === 'software' ? 4 : 16) * (input.kind === 'classify' ? 4 : 1)
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
