import { RARE_BELOW, type Statistics } from '@shared/contract/statistics.ts'
import { formatBytes, formatCount, formatPercent } from './format.ts'

/** Whether only a part of the dataset was read. */
export const isSample = ({ read }: Statistics): boolean => read.bytes < read.totalBytes

/** How many records each counted one stands for. */
export const sampleScale = ({ read }: Statistics): number =>
  read.records === 0 || read.bytes === read.totalBytes ? 1 : read.totalRecords / read.records

/** What the numbers rest on, in a sentence. */
export function basisText(statistics: Statistics): string {
  const { read, tokenizerName, tokenizerId } = statistics
  const by = tokenizerId === null ? 'GPT-2’s tokenizer, as this project has none yet' : tokenizerName
  if (!isSample(statistics)) return `All ${formatBytes(read.totalBytes)} counted, with ${by}.`
  return `Estimate: ${formatBytes(read.bytes)} of ${formatBytes(read.totalBytes)} were read, spread evenly, with ${by}.`
}

export interface Compression {
  own: number
  gpt2: number
  /** What to make of it. */
  text: string
}

/** Bytes per token on the person's own text, beside GPT-2's. */
export function compression({ textBytes, tokens, gpt2Tokens, tokenizerName }: Statistics): Compression | null {
  if (tokens === 0 || gpt2Tokens === 0) return null
  const own = textBytes / tokens
  const gpt2 = textBytes / gpt2Tokens
  const ratio = tokens / gpt2Tokens
  const text =
    Math.abs(ratio - 1) < 0.02
      ? 'As many tokens as GPT-2’s would make of this text.'
      : ratio > 1
        ? `${formatPercent(ratio - 1, 0)} more tokens than GPT-2’s makes of this text, so a window holds less of it.`
        : `${formatPercent(1 - ratio, 0)} fewer tokens than GPT-2’s makes of this text: ${tokenizerName} fits it better.`
  return { own, gpt2, text }
}

/** How much of a vocabulary the text uses. */
export function vocabularyUse({ tokenCounts, vocabSize }: Statistics): { unused: number; rare: number; text: string } {
  const unused = tokenCounts.filter((count) => count === 0).length
  const rare = tokenCounts.filter((count) => count > 0 && count < RARE_BELOW).length
  return {
    unused,
    rare,
    text: `${formatCount(unused)} of ${formatCount(vocabSize)} tokens never occur in your text, and ${formatCount(rare)} ${rare === 1 ? 'comes' : 'come'} fewer than ${RARE_BELOW} times: a model cannot learn those.`,
  }
}

/** A percentage that is never shown as none when there is some. */
export const smallPercent = (share: number): string =>
  share > 0 && share < 0.0005 ? `< ${formatPercent(0.001)}` : formatPercent(share)

const NAMES: Record<number, string> = {
  0x09: 'tab',
  0x0a: 'line end',
  0x0d: 'carriage return',
  0x20: 'blank',
  0xa0: 'no-break blank',
  0xad: 'soft hyphen',
  0x200b: 'zero-width blank',
  0x200d: 'zero-width joiner',
  0xfe0f: 'emoji mark',
  0xfeff: 'byte order mark',
  0xfffd: 'damaged character',
}

/** A character as it can be shown and read aloud: itself, or its name where it leaves no mark. */
export function characterText(point: number): string {
  const named = NAMES[point]
  if (named) return named
  const character = String.fromCodePoint(point)
  return /[\p{C}\p{Z}\p{M}]/u.test(character) ? codePoint(point) : character
}

/** "U+00E9". */
export const codePoint = (point: number): string => `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
