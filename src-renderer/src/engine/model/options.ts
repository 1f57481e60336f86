import { lowestBlock, trainableTable } from '@shared/model/trainable.ts'
import type { SessionOptions } from './session.ts'

/** @throws RangeError for options that don't fit each other */
export function checkOptions({ config, head, seqLen, optimizer, trainable, accumulate = 1 }: SessionOptions): void {
  if (seqLen > config.nPositions)
    throw new RangeError(`${seqLen} positions asked for; the model has ${config.nPositions}.`)
  if (config.nEmbd % config.nHead !== 0)
    throw new RangeError(`${config.nHead} heads don't divide width ${config.nEmbd}.`)
  if (!(Number.isInteger(accumulate) && accumulate >= 1))
    throw new RangeError(`A step can't have ${accumulate} micro-batches.`)
  if (!trainable) return
  const { lora } = trainable
  if (lora && !(Number.isInteger(lora.rank) && lora.rank >= 1 && Number.isFinite(lora.alpha) && lora.layers.length > 0))
    throw new RangeError(
      `An adapter of rank ${lora.rank} and alpha ${lora.alpha} on ${lora.layers.length} layers is none.`,
    )
  if (!(lowestBlock(config, head, trainable) >= 0)) throw new RangeError('A block that trains has a negative index.')
  if (optimizer && !trainableTable(config, head, trainable).some((spec) => spec.trains))
    throw new RangeError('Nothing of the model would train.')
}
