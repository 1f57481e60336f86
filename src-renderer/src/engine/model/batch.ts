import { AppError } from '@shared/contract/errors.ts'
import type { Batch } from './session.ts'
import { classesOf, headRows, logitsStride, type ModelShape } from '@shared/model/tensors.ts'

/** @throws RangeError or TypeError for a batch of another shape or kind, AppError 'corrupt' for ids that the model doesn't know */
export function checkBatch(batch: Batch, shape: ModelShape): void {
  const { batch: B, seqLen, head, config } = shape
  const rows = B * seqLen
  if (batch.inputIds.length !== rows || batch.labels.length !== headRows(shape)) {
    throw new RangeError(
      `The batch holds ${batch.inputIds.length} ids and ${batch.labels.length} labels; ${rows} and ${headRows(shape)} are due.`,
    )
  }
  if ((head.kind === 'classification') !== 'lastIndex' in batch)
    throw new TypeError('The batch is of another kind than the head.')
  for (const id of batch.inputIds) {
    if (id >= 0 && id < config.vocabSize) continue
    throw new AppError({
      code: 'corrupt',
      message: `A batch holds the token id ${id}; the model knows 0 to ${config.vocabSize - 1}.`,
      hint: 'The data was made with another tokenizer. Import it again with the one of this model.',
    })
  }
}

/** Number of labels that count. */
export function countLabels({ labels }: Batch, shape: ModelShape): number {
  const classes = classesOf(shape)
  let count = 0
  for (const label of labels) if (label >= 0 && label < classes) count++
  return count
}

/** Rows of logits without the padding between them. */
export function unpad(logits: Float32Array, rows: number, classes: number): Float32Array {
  const out = new Float32Array(rows * classes)
  const stride = logitsStride(classes)
  for (let r = 0; r < rows; r++) out.set(logits.subarray(r * stride, r * stride + classes), r * classes)
  return out
}
