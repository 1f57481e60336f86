import type { GptConfig, Head } from '@shared/model/config.ts'
import { trainableTable, type Trainable } from '@shared/model/trainable.ts'
import { noise } from '../../catalogue/bench.ts'
import type { Batch, TensorMap } from '../session.ts'

/** A small model and what tests feed it. */
export const base: GptConfig = {
  vocabSize: 17,
  nPositions: 9,
  nEmbd: 24,
  nLayer: 2,
  nHead: 2,
  dropout: 0,
  qkvBias: true,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}
/** Width and heads are no multiples of 4. The same in all tests, since kernels compile anew for each width and size of head. */
export const odd: GptConfig = { ...base, nEmbd: 15, nHead: 3, tieWordEmbeddings: false, qkvBias: false }
export const optimizer = { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, gradClip: 1 }
export const LM: Head = { kind: 'lm' }
export const CLASSES: Head = { kind: 'classification', numLabels: 3 }

/** Larger than a new model's, so that every part has something to say. */
export function someParams(config: GptConfig, head: Head, trainable?: Trainable): TensorMap {
  return new Map(
    trainableTable(config, head, trainable).map(({ name, shape, init }, i) => {
      const values = noise(
        shape.reduce((a, b) => a * b, 1),
        i + 1,
        0.2,
      )
      return [name, init.kind === 'ones' ? values.map((v) => 1 + v) : values]
    }),
  )
}

export function someBatch(
  config: GptConfig,
  head: Head,
  B: number,
  T: number,
  labels = (r: number) => (r % 4 === 1 ? -100 : r * 5),
): Batch {
  const inputIds = Int32Array.from({ length: B * T }, (_, r) => (r * r + 3) % config.vocabSize)
  const rows = head.kind === 'lm' ? B * T : B
  const classes = head.kind === 'lm' ? config.vocabSize : head.numLabels
  const ids = Int32Array.from({ length: rows }, (_, r) => (labels(r) < 0 ? -100 : labels(r) % classes))
  return head.kind === 'lm'
    ? { inputIds, labels: ids }
    : { inputIds, labels: ids, lastIndex: Int32Array.from({ length: B }, (_, b) => (b * 2) % T) }
}
