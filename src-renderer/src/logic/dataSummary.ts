import type { Dataset, SplitCounts } from '@shared/contract/schemas.ts'
import { formatBytes, formatCount, formatPercent } from './format.ts'
import { SAMPLE_FROM_NAMES } from './sampleChoice.ts'

export type Part = keyof SplitCounts
export const PART_NAMES: Record<Part, string> = { train: 'Training', val: 'Validation', test: 'Test' }

export interface SplitShare {
  part: Part
  share: number
  text: string
}

/** How the dataset is split: by bytes of text for pretraining (one document is one record), by records otherwise. Empty parts are left out. */
export function splitShares(dataset: Dataset): SplitShare[] {
  const pretrain = dataset.purpose === 'pretrain'
  const counts = pretrain ? dataset.textBytes : dataset.records
  const all = counts.train + counts.val + counts.test
  return (['train', 'val', 'test'] as const)
    .filter((part) => counts[part] > 0)
    .map((part) => {
      const share = counts[part] / all
      const amount = pretrain ? formatBytes(counts[part]) : formatCount(counts[part])
      return { part, share, text: `${amount} (${formatPercent(share, 0)})` }
    })
}

const total = (counts: SplitCounts): number => counts.train + counts.val + counts.test
const counted = (n: number, one: string, many: string) => `${formatCount(n)} ${n === 1 ? one : many}`

/** What the dataset consists of: "1 file", "5,000 pairs", "2,000 labelled texts". */
export function recordsText(dataset: Dataset): string {
  const n = total(dataset.records)
  if (dataset.purpose === 'instruct') return counted(n, 'pair', 'pairs')
  if (dataset.purpose === 'classify') return counted(n, 'labelled text', 'labelled texts')
  // A running text is cut in two for training and validation, which does not make it two texts.
  const prose =
    dataset.sources.length > 0 && dataset.sources.every(({ kind }) => kind === 'text' || kind === 'markdown')
  return prose ? counted(dataset.sources.length, 'file', 'files') : counted(n, 'document', 'documents')
}

export interface ClassShare {
  label: string
  count: number
  /** Of the whole set. */
  share: number
}

/** Classes, the largest first. */
export function classShares(dataset: Dataset): ClassShare[] {
  const all = dataset.classes.reduce((sum, one) => sum + total(one.counts), 0)
  return dataset.classes
    .map(({ label, counts }) => ({ label, count: total(counts), share: all === 0 ? 0 : total(counts) / all }))
    .toSorted((a, b) => b.count - a.count)
}

/** Parts that have records to look at. */
export const previewParts = (dataset: Dataset): Part[] =>
  (['train', 'val', 'test'] as const).filter((part) => dataset.records[part] > 0 || dataset.textBytes[part] > 0)

/** Whether something in the data waits for a decision: records left out, or labels that look like one in several spellings. */
export const needsALook = ({ problems, made }: Dataset): boolean =>
  problems.total > 0 || (made?.labelVariants.length ?? 0) > 0

/** Where only a sample of a file was taken: "big.txt: 64 MiB of 5.0 GiB, spread over the file". */
export const sampleTexts = ({ sources }: Dataset): string[] =>
  sources.flatMap(({ name, bytes, sample }) =>
    sample
      ? [`${name}: ${formatBytes(bytes)} of ${formatBytes(sample.of)}, ${SAMPLE_FROM_NAMES[sample.from].toLowerCase()}`]
      : [],
  )

/** What was done about bytes that were invalid in a file's encoding: "mixed.txt: 20 bytes replaced with �". */
export const invalidTexts = ({ sources }: Dataset): string[] =>
  sources.flatMap(({ name, invalid }) =>
    invalid
      ? [
          `${name}: ${counted(invalid.bytes, 'byte', 'bytes')} ${invalid.handling === 'replace' ? 'replaced with �' : 'left out with their lines'}`,
        ]
      : [],
  )
