import type { Lengths } from '@shared/contract/statistics.ts'
import { formatCount, formatPercent } from './format.ts'

export interface Bin {
  /** Shortest and longest length in it, tokens; the last one reaches to the longest of all. */
  from: number
  to: number
  records: number
}

export interface Histogram {
  bins: Bin[]
  /** Tokens at the right end of the axis. */
  top: number
  /** Records in the fullest bin. */
  most: number
  /** The last bin holds everything longer, too. */
  open: boolean
}

export interface LengthSummary {
  records: number
  mean: number
  median: number
  /** Nineteen of twenty are no longer than this. */
  p95: number
  longest: number
}

const recordsOf = ({ exact, longer }: Lengths): number =>
  exact.reduce((sum, [, n]) => sum + n, 0) + longer.reduce((sum, one) => sum + one.records, 0)

export function lengthSummary(lengths: Lengths): LengthSummary {
  const records = recordsOf(lengths)
  const tokens =
    lengths.exact.reduce((sum, [length, n]) => sum + length * n, 0) +
    lengths.longer.reduce((sum, one) => sum + one.tokens, 0)
  return {
    records,
    mean: records === 0 ? 0 : tokens / records,
    median: lengthAt(lengths, 0.5 * records),
    p95: lengthAt(lengths, 0.95 * records),
    longest: lengths.longest,
  }
}

/** The length that `rank` records do not exceed; among the long ones, the mean of their octave. */
function lengthAt(lengths: Lengths, rank: number): number {
  let seen = 0
  for (const [length, n] of lengths.exact) if ((seen += n) >= rank) return length
  for (const { records, tokens } of lengths.longer) if ((seen += records) >= rank) return Math.round(tokens / records)
  return lengths.longest
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundWidth(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)))
  return Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least) ?? power)
}

const MOST_BINS = 40

/** Bins of equal, round width that show nineteen of twenty records and the context; what is longer is added to the last. */
export function histogramOf(lengths: Lengths, context: number): Histogram {
  const { p95, longest } = lengthSummary(lengths)
  const lastExact = lengths.exact.at(-1)?.[0] ?? 1
  const wanted = Math.min(Math.max(longest, context), Math.max(p95 * 1.3, context * 1.25))
  const width = roundWidth(Math.max(1, Math.min(wanted, Math.max(lastExact, context))) / MOST_BINS)
  const count = Math.max(1, Math.ceil(Math.min(wanted, Math.max(lastExact, context)) / width))
  const bins: Bin[] = Array.from({ length: count }, (_, i) => ({
    from: i * width + 1,
    to: (i + 1) * width,
    records: 0,
  }))
  for (const [length, n] of lengths.exact) {
    const bin = bins[Math.min(count - 1, Math.max(0, Math.ceil(length / width) - 1))]
    if (bin) bin.records += n
  }
  const last = bins.at(-1)
  if (last) for (const { records } of lengths.longer) last.records += records
  const top = count * width
  const open = longest > top
  if (last && open) last.to = longest
  return { bins, top, most: Math.max(1, ...bins.map((bin) => bin.records)), open }
}

export interface Cut {
  records: number
  /** Of all records, 0 .. 1. */
  share: number
  /** Tokens beyond the context, as a share of all. */
  tokens: number
}

/** What is longer than a context of `context` tokens: exact for every context up to 8,192. */
export function cutAt(lengths: Lengths, context: number): Cut {
  const all = recordsOf(lengths)
  let records = 0
  let beyond = 0
  let tokens = 0
  for (const [length, n] of lengths.exact) {
    tokens += length * n
    if (length <= context) continue
    records += n
    beyond += (length - context) * n
  }
  for (const one of lengths.longer) {
    tokens += one.tokens
    records += one.records
    beyond += Math.max(0, one.tokens - context * one.records)
  }
  return { records, share: all === 0 ? 0 : records / all, tokens: tokens === 0 ? 0 : beyond / tokens }
}

const ONE: Record<Lengths['unit'], string> = { documents: 'document', pairs: 'pair', texts: 'text' }
const SECOND: Record<Lengths['unit'], string> = {
  documents: 'They are read in several windows; nothing of them is lost.',
  pairs: 'What is cut off is the end of the answer.',
  texts: 'Their ends are not seen when they are sorted.',
}

/**
 * What a context does to the records: "312 pairs, 6.2 %, would be cut." `scale` is how many records each counted one stands for in a
 * sample, 1 where all were counted.
 */
export function cutText(lengths: Lengths, context: number, scale: number): { first: string; second: string } {
  const { records, share, tokens } = cutAt(lengths, context)
  const { unit } = lengths
  if (records === 0) return { first: `None of the ${unit} is longer than ${formatCount(context)} tokens.`, second: '' }
  const n = Math.round(records * scale)
  const amount = `${scale > 1 ? 'About ' : ''}${formatCount(n)} ${n === 1 ? ONE[unit] : unit}, ${formatPercent(share)},`
  const verb =
    unit === 'documents' ? (n === 1 ? 'is longer than a window.' : 'are longer than a window.') : 'would be cut.'
  const lost = unit === 'documents' ? '' : ` ${formatPercent(tokens)} of all tokens would be lost.`
  return { first: `${amount} ${verb}`, second: `${SECOND[unit]}${lost}` }
}

/** The bin as words: "65 to 128", "over 512". */
export const binText = ({ from, to }: Bin, open: boolean): string =>
  open
    ? `${formatCount(from)} and longer`
    : from === to
      ? formatCount(from)
      : `${formatCount(from)} to ${formatCount(to)}`
