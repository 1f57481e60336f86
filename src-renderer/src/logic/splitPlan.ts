import type { Split } from '@shared/contract/cleaning.ts'
import type { Dataset } from '@shared/contract/schemas.ts'
import { counted, formatBytes, formatCount, formatPercent } from './format.ts'
import type { SplitShare } from './dataSummary.ts'

const PARTS = ['train', 'val', 'test'] as const

/** Bytes a token takes where no tokenizer has been made yet: about what GPT-2's does in English. */
const GUESSED_BYTES = 4

export interface PlannedPart extends SplitShare {
  /** Tokens, counted or estimated. */
  tokens: number | null
}

/**
 * The parts that a split makes: as they are where it is applied, else about.
 * @param bytesPerToken of the dataset's tokenizer, or null before there is one
 */
export function plannedParts(dataset: Dataset, split: Split, bytesPerToken: number | null): PlannedPart[] {
  const { records, textBytes, purpose, made } = dataset
  const pretrain = purpose === 'pretrain'
  const shares = { train: 100 - split.val - split.test, val: split.val, test: split.test }
  const isApplied = made !== undefined && made.build.split.val === split.val && made.build.split.test === split.test
  const portion = (counts: Dataset['records'], part: (typeof PARTS)[number]) =>
    isApplied ? counts[part] : ((counts.train + counts.val + counts.test) * shares[part]) / 100
  return PARTS.filter((part) => shares[part] > 0).map((part) => {
    const bytes = pretrain ? portion(textBytes, part) : 0
    const count = pretrain && made?.prose ? null : Math.round(portion(records, part))
    const tokens = pretrain ? Math.round(bytes / (bytesPerToken ?? GUESSED_BYTES)) : null
    const share = pretrain
      ? bytes / (textBytes.train + textBytes.val)
      : (count ?? 0) / (records.train + records.val + records.test)
    const unit = pretrain ? 'documents' : purpose === 'instruct' ? 'pairs' : 'texts'
    const amounts = [
      ...(count === null ? [] : [`${formatCount(count)} ${unit}`]),
      ...(pretrain ? [formatBytes(bytes), `about ${counted(tokens ?? 0, 'token')}`] : []),
    ]
    return { part, share, tokens, text: `${amounts.join(', ')} (${formatPercent(share, 0)})` }
  })
}

export interface ShortValidation {
  text: string
  /** Percent that would do, if any. */
  enough: number | null
}

/**
 * What is wrong when the validation part of a text is shorter than one example, and the share that mends it; null when it is long enough.
 * @param context of the model, in tokens
 */
export function shortValidation(
  dataset: Dataset,
  split: Split,
  context: number,
  bytesPerToken: number | null,
): ShortValidation | null {
  if (dataset.purpose !== 'pretrain') return null
  const val = plannedParts(dataset, split, bytesPerToken).find(({ part }) => part === 'val')?.tokens ?? 0
  const needed = context + 1
  if (val >= needed) return null
  const all = val / (split.val / 100)
  // A tenth more: the cut lies at the paragraph nearest to the exact place.
  const percent = Math.ceil((needed * 110) / all)
  const enough = Number.isFinite(percent) && percent <= 50 ? percent : null
  const about = bytesPerToken === null ? 'about ' : ''
  const text = `The validation part has ${about}${counted(val, 'token')}; one example needs ${formatCount(needed)} with a context of ${formatCount(context)}.`
  return { text, enough }
}
