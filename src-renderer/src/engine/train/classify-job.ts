import { AppError } from '@shared/contract/errors.ts'
import type { ClassificationReport, PreviewRecord, TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { collateTexts, type LabelledRow } from './class-batches.ts'
import type { Codec } from './codec.ts'
import { accuracy, evaluate } from './evaluate.ts'
import type { TrainingJob } from './job.ts'
import { fittingLength, rowEvaluation, rowTraining } from './rows.ts'

/** Sorts texts into `labels` by the last token's state; ends with a report on the test part. Throws 'one_class' under two labels. */
export function classifyJob(
  config: GptConfig,
  settings: TrainingSettings,
  codec: Codec,
  labels: string[],
  records: Record<'train' | 'val' | 'test', PreviewRecord[]>,
): TrainingJob {
  if (labels.length < 2) {
    throw new AppError({
      code: 'one_class',
      message: labels.length ? `There is only one class (“${labels[0]}”).` : 'There is no class.',
      hint: 'A classifier needs at least two. Choose another label column, or add texts of another class.',
    })
  }
  const { batchSize: B, seed, evalBatches } = settings
  const rows = { train: toRows(records.train), val: toRows(records.val), test: toRows(records.test) }
  if (rows.train.length === 0) {
    throw new AppError({ code: 'too_short', message: 'The training part has no labelled text.', hint: 'Add texts.' })
  }
  const T = fittingLength(
    rows.train.map((row) => row.ids.length),
    config.nPositions,
  )
  const collate = (some: readonly LabelledRow[]) => collateTexts(some, B, T, codec.endId)
  const cut = rows.train.filter((row) => row.ids.length > T).length
  return {
    head: { kind: 'classification', numLabels: labels.length },
    seqLen: T,
    training: rowTraining(rows.train, B, seed, (row) => Math.min(T, row.ids.length), collate),
    validation: rowEvaluation(rows.val, B, evalBatches, collate),
    async report(session, goOn) {
      const result = await evaluate(session, rowEvaluation(rows.test, B, Infinity, collate), goOn)
      return result && classificationReport(labels, result.predictions, rows.train)
    },
    notes: cut ? [`${cut} texts were cut to ${T} tokens.`] : [],
  }

  function toRows(texts: PreviewRecord[]): LabelledRow[] {
    return texts.flatMap(({ text = '', label = '' }) => {
      const id = labels.indexOf(label)
      if (id < 0) return []
      const ids = codec.encode(text)
      return [{ ids: ids.length ? ids : [codec.endId], label: id }]
    })
  }
}

/** Confusion (rows true, columns predicted) and accuracy beside what always answering the commonest training class would reach. */
export function classificationReport(
  labels: string[],
  predictions: { label: number; predicted: number }[],
  train: { label: number }[],
): ClassificationReport {
  const confusion = labels.map(() => labels.map(() => 0))
  for (const { label, predicted } of predictions) confusion[label]![predicted]!++
  const counts = labels.map((_, id) => train.filter((row) => row.label === id).length)
  const majority = counts.indexOf(Math.max(...counts))
  return {
    labels,
    confusion,
    accuracy: accuracy(predictions),
    baselineAccuracy: predictions.filter((p) => p.label === majority).length / predictions.length,
    baselineLabel: labels[majority]!,
    total: predictions.length,
  }
}
