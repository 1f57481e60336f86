import type { ClassificationBatch, Session } from '@engine/model/session.ts'
import { IGNORE, type EvalSet } from './batches.ts'

export interface Evaluation {
  /** Mean cross-entropy over all counted labels, nats. */
  loss: number
  /** Classification only: true and predicted class of every counted text, in order. */
  predictions: { label: number; predicted: number }[]
}

/**
 * Mean loss over a fixed set. Null when nothing counts, or when `between` (called before each batch, to let a pause in) answers
 * that it should end early.
 */
export async function evaluate(
  session: Session,
  set: EvalSet,
  between: () => Promise<boolean> = async () => true,
): Promise<Evaluation | null> {
  let sum = 0
  let count = 0
  const predictions: Evaluation['predictions'] = []
  for (let i = 0; i < set.length; i++) {
    if (!(await between())) return null
    const batch = await set.batch(i)
    const result = await session.evaluate(batch)
    sum += result.loss * result.count
    count += result.count
    if (result.logits && 'lastIndex' in batch) predictions.push(...predict(batch, result.logits))
  }
  return count === 0 ? null : { loss: sum / count, predictions }
}

/** Share of right predictions, 0 .. 1. */
export function accuracy(predictions: Evaluation['predictions']): number {
  return predictions.filter((p) => p.label === p.predicted).length / predictions.length
}

function predict(batch: ClassificationBatch, logits: Float32Array): Evaluation['predictions'] {
  const N = logits.length / batch.labels.length
  return [...batch.labels].flatMap((label, b) => {
    if (label === IGNORE) return []
    return [{ label, predicted: argmax(logits.subarray(b * N, (b + 1) * N)) }]
  })
}

function argmax(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}
