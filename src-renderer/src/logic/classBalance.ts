import type { Dataset, SplitCounts } from '@shared/contract/schemas.ts'
import { classShares } from './dataSummary.ts'
import { formatPercent } from './format.ts'

export interface BalanceNote {
  tone: 'info' | 'warn'
  text: string
}

/** Under this many texts a class can hardly be learned; under the second its result is unsure. */
const TOO_FEW = 10
const FEW = 50
/** Largest class to smallest: from here on the imbalance is worth a word. */
const UNEVEN = 1.5

/** What to know about the classes before training, the worst first. */
export function balanceNotes(dataset: Dataset): BalanceNote[] {
  const shares = classShares(dataset)
  const most = shares[0]
  const least = shares.at(-1)
  if (!most || !least || shares.length < 2) return []
  const notes: BalanceNote[] = []
  if (least.count < TOO_FEW) {
    const text = `“${least.label}” has ${least.count === 1 ? 'one text' : `${least.count} texts`}. At least ${TOO_FEW} are needed for a class to be learned; add some, or merge it with another.`
    notes.push({ tone: 'warn', text })
  } else if (least.count < FEW) {
    notes.push({
      tone: 'info',
      text: `“${least.label}” has only ${least.count} texts: its results will be unsure. ${FEW} or more are better.`,
    })
  }
  const ratio = most.count / Math.max(1, least.count)
  if (ratio > UNEVEN) {
    const text = `“${most.label}” is ${ratio.toFixed(1)} times as frequent as “${least.label}”. Always answering “${most.label}” would already be right for ${formatPercent(most.share, 0)}: compare the result with that.`
    notes.push({ tone: 'info', text })
  }
  return notes
}

/** The commonest class of the training part, and its share of another part: what always answering it would reach there. */
export function majorityClass(dataset: Dataset, part: keyof SplitCounts): { label: string; share: number } | null {
  const [most] = dataset.classes.toSorted((a, b) => b.counts.train - a.counts.train)
  const total = dataset.classes.reduce((sum, one) => sum + one.counts[part], 0)
  return most && total > 0 ? { label: most.label, share: most.counts[part] / total } : null
}
