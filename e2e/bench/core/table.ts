import type { Case, CaseResult, ContenderResult } from './case.ts'
import { median, quantile, ratioOf } from './stats.ts'

/** Share of the machine that others may use before a figure is called noisy. */
const QUIET = 0.1

const HEAD = ['', 'median', 'fastest', 'half of them between', 'rate', 'ours / this']

/** One case as text: a line for each contender, ours first, then what is to be said about it. */
export function caseTable({ rates }: Case, result: CaseResult): string {
  const { title, warmUp, times, contenders, othersBusy, disagreements, notes } = result
  const rounds = Math.max(...contenders.map(({ ms }) => ms.length))
  const rows = contenders.filter(({ ms }) => ms.length > 0).map((one) => row(one, contenders[0]!, rates))
  const widths = HEAD.map((_, i) => Math.max(...[HEAD, ...rows].map((cells) => cells[i]!.length)))
  const line = (cells: string[]) => `  ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd()
  return [
    `${title}   (${rounds} rounds${times > 1 ? ` of ${times}` : ''} after ${warmUp} to warm up)`,
    line(HEAD),
    ...rows.map(line),
    ...contenders.flatMap(({ name, missing }) => (missing ? [`  left out: ${name}: ${missing}`] : [])),
    ...disagreements.map((text) => `  NOT THE SAME WORK: ${text}`),
    ...notes.map((note) => `  ${note}`),
    ...(othersBusy !== null && othersBusy > QUIET ? [`  ${noise(othersBusy)}`] : []),
    '',
  ].join('\n')
}

const noise = (share: number) =>
  `While all rested, the processor was ${Math.round(100 * share)} % busy with something else: trust the ratios more than the times.`

function row({ name, ms }: ContenderResult, ours: ContenderResult, rates: Case['rates']): string[] {
  const middle = median(ms)
  return [
    name,
    duration(middle),
    duration(Math.min(...ms)),
    `${duration(quantile(ms, 0.25))} .. ${duration(quantile(ms, 0.75))}`,
    rates.map(({ unit, work }) => `${figure(work / (middle / 1000))} ${unit}`).join(', '),
    name === ours.name || ours.ms.length === 0 ? '' : ratio(ours.ms, ms),
  ]
}

function ratio(ours: number[], peer: number[]): string {
  const { median: middle, low, high } = ratioOf(ours, peer)
  const words = middle < 1 ? `${(1 / middle).toFixed(2)}x faster` : `${middle.toFixed(2)}x slower`
  return `${middle.toFixed(3)} (${low.toFixed(3)} .. ${high.toFixed(3)}), ${words}`
}

/** Milliseconds with three digits that count. */
const duration = (ms: number) => (ms >= 10_000 ? `${figure(ms / 1000)} s` : `${figure(ms)} ms`)

/** Three digits that count, thousands set apart. */
export const figure = (value: number) =>
  new Intl.NumberFormat('en', { maximumSignificantDigits: value >= 1000 ? 4 : 3 }).format(value)
