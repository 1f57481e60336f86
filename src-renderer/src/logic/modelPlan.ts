import type { GptConfig } from '@shared/model/config.ts'
import type { Hardware } from '@shared/model/hardware.ts'
import { CPU_BYTES, type MemoryFit, type MemoryWay } from '@shared/model/memory-fit.ts'
import type { MemoryEstimate } from '@shared/model/memory.ts'
import type { Precision } from '@shared/model/tensors.ts'
import { formatBytes } from './format.ts'

export interface MemoryPart {
  key: 'params' | 'grads' | 'moments' | 'activations' | 'logits' | 'workspace'
  name: string
  bytes: number
  share: number
}

const MEMORY_NAMES: [MemoryPart['key'], string][] = [
  ['params', 'Weights'],
  ['grads', 'Gradients'],
  ['moments', 'Optimizer'],
  ['activations', 'Activations'],
  ['logits', 'Logits'],
  ['workspace', 'Other'],
]

export const memoryParts = (memory: MemoryEstimate): MemoryPart[] =>
  MEMORY_NAMES.map(([key, name]) => ({ key, name, bytes: memory[key], share: memory[key] / memory.total }))

export interface Verdict {
  tone: 'success' | 'warn' | 'danger'
  title: string
  text: string
}

const GIB = 1024 ** 3

/** What a training step is made of, in words. */
export function stepText({ batchSize, accumulation, recompute }: MemoryWay, precision: Precision): string {
  const batches = accumulation === 1 ? `a batch of ${batchSize}` : `${accumulation} batches of ${batchSize}`
  const floats = precision === 'mixed' ? 'in mixed precision (16-bit and 32-bit floats)' : 'in 32-bit floats'
  const kept = ['nothing is worked out again', 'norms and GELU are worked out again', 'blocks are worked out again']
  return `A step takes ${batches} ${floats}; ${kept[recompute]} on the way back.`
}

/**
 * Whether a training step fits. A browser does not tell how much memory a graphics card has, so for one the verdict names what it takes;
 * everything else works in the computer's own memory, of which half is left to other programs.
 */
export function memoryVerdict({ memory, fits }: MemoryFit, hardware: Hardware, systemBytes: number): Verdict {
  const { total } = memory
  const need = formatBytes(total)
  const system = formatBytes(systemBytes)
  const smaller = 'Choose a smaller width, fewer layers or a shorter context.'
  if (hardware.kind === 'cpu' && total > CPU_BYTES) {
    const text = `It needs ${need}; training on the processor has ${formatBytes(CPU_BYTES)} at most. ${smaller}`
    return { tone: 'danger', title: 'Will not fit', text }
  }
  if (!fits || total > 0.8 * systemBytes) {
    const text = `It needs ${need}; this computer has ${system} in all. ${smaller}`
    return { tone: 'danger', title: 'Will not fit', text }
  }
  if (hardware.kind !== 'gpu') {
    return total > 0.4 * systemBytes
      ? { tone: 'warn', title: 'Tight', text: `It needs ${need} of this computer’s ${system}.` }
      : { tone: 'success', title: 'Fits', text: `It needs ${need} of this computer’s ${system}.` }
  }
  if (total > 3 * GIB) {
    return {
      tone: 'warn',
      title: 'Tight',
      text: `It wants a graphics card with at least ${Math.ceil((total * 1.2) / GIB)} GiB of free memory. Where a card has less, a run works more out again or offers smaller batches.`,
    }
  }
  return { tone: 'success', title: 'Fits', text: 'Any recent graphics card has this much.' }
}

/** The most layers, fewer than the model has, with which it fits; null where not even one does. More layers never take less memory. */
export function fittingLayers(config: GptConfig, fits: (config: GptConfig) => boolean): number | null {
  let [most, tooMany] = [0, config.nLayer]
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2)
    if (fits({ ...config, nLayer: middle })) most = middle
    else tooMany = middle
  }
  return most === 0 ? null : most
}

export interface TokenBudget {
  /** Training tokens per parameter. */
  ratio: number
  /** 0 .. 1 on the bar, which is logarithmic from 0.05 to 50. */
  position: number
  ticks: { position: number; label: string; ratio: number }[]
  text: string
}

/** Tokens per parameter at which something changes: enough to see something, good for a toy, compute-optimal (Hoffmann et al. 2022). */
const TICKS = [
  { ratio: 0.2, label: 'shows something' },
  { ratio: 2, label: 'good for a toy' },
  { ratio: 20, label: 'compute-optimal' },
] as const
const [LOW, HIGH] = [0.05, 50]
const onBar = (ratio: number) => Math.min(1, Math.max(0, Math.log(Math.max(ratio, 1e-9) / LOW) / Math.log(HIGH / LOW)))

/** How much text there is for the model's size. */
export function tokenBudget(trainTokens: number, parameters: number): TokenBudget {
  const ratio = trainTokens / parameters
  return {
    ratio,
    position: onBar(ratio),
    ticks: TICKS.map((tick) => ({ ...tick, position: onBar(tick.ratio) })),
    text: budgetText(ratio),
  }
}

function budgetText(ratio: number): string {
  if (ratio < 0.2)
    return 'Very little text for this size: it will learn the text by heart. Take a smaller model or more text.'
  if (ratio < 2) return 'Little text for this size: after some passes it begins to learn by heart.'
  if (ratio < 20) return 'A good amount for a small model of your own.'
  return 'More than enough: a larger model could learn more from this text.'
}

/** Loss of a model that knows nothing: every token equally likely, ln V nats. */
export const firstLoss = (vocabSize: number): number => Math.log(vocabSize)
