import type { GptConfig, Head } from '@shared/model/config.ts'
import type { Hardware } from '@shared/model/hardware.ts'
import { CPU_BYTES } from '@shared/model/memory-fit.ts'
import { trainingMemory } from '@shared/model/memory.ts'
import type { Trainable } from '@shared/model/trainable.ts'
import { formatBytes } from './format.ts'

const LM: Head = { kind: 'lm' }
const need = (config: GptConfig, batchSize: number, seqLen: number, head: Head = LM, trainable?: Trainable) =>
  trainingMemory(config, head, batchSize, seqLen, trainable).total

/** The largest batch, up to `most`, with which a step stays within `limit` bytes; 0 when not even one example does. */
export function largestBatch(
  config: GptConfig,
  most: number,
  seqLen: number,
  limit: number,
  head?: Head,
  trainable?: Trainable,
): number {
  let [fits, fails] = [0, most + 1]
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2)
    if (need(config, middle, seqLen, head, trainable) <= limit) fits = middle
    else fails = middle
  }
  return fits
}

/** What to change about a step that cannot fit in the processor's memory; null where it can, and on a graphics card, which does not tell. */
export function cpuMemoryError(
  config: GptConfig,
  batchSize: number,
  seqLen: number,
  hardware: Hardware,
  head?: Head,
  trainable?: Trainable,
): string | null {
  const total = need(config, batchSize, seqLen, head, trainable)
  if (hardware.kind !== 'cpu' || total <= CPU_BYTES) return null
  const fits = largestBatch(config, batchSize, seqLen, CPU_BYTES, head, trainable)
  const change =
    fits > 0
      ? `A batch of ${fits} fits.`
      : 'Choose a smaller width, fewer layers or a shorter context, or train it on a graphics card.'
  return `It needs ${formatBytes(total)}; training on the processor has ${formatBytes(CPU_BYTES)} at most. ${change}`
}
