import type { Case, CaseResult, Contender, ContenderResult, Missing, Turn } from './case.ts'
import { OthersMeter } from './others.ts'

/** Fewest rounds that even a slow contender takes part in. */
const MIN_ROUNDS = 2

export interface Pace {
  /** Rounds that count. */
  rounds: number
  /** Pause before each turn, in which threads of the one before fall asleep. */
  settleMs: number
  /** Done after that pause, before each turn: rested cores come to speed. */
  wake: () => Promise<void>
  /** Told what is going on. */
  say: (line: string) => void
}

interface Entry {
  contender: Contender
  result: ContenderResult
  spentMs: number
}

/**
 * Runs a case: every contender is prepared, then they take turns (A B C, A B C, ...), first to warm up and then to be measured, so that whatever
 * else the machine does falls on all of them alike.
 */
export async function alternate(theCase: Case, { rounds, settleMs, wake, say }: Pace): Promise<CaseResult> {
  const { id, title, warmUp, times, tolerance, driftsFrom, budgetS } = theCase
  const all = await theCase.contenders()
  const results: ContenderResult[] = []
  const entries: Entry[] = []
  const others = new OthersMeter()
  try {
    for (const contender of all) {
      const result: ContenderResult = { name: contender.name, ms: [], values: [] }
      results.push(result)
      if (isMissing(contender)) result.missing = contender.missing
      else if (await prepared(contender, result)) entries.push({ contender, result, spentMs: 0 })
    }
    for (let round = -warmUp; round < rounds; round++) {
      say(round < 0 ? `${id}: warming up` : `${id}: round ${round + 1} of ${rounds}`)
      for (const entry of entries) {
        const slow = round >= MIN_ROUNDS && entry.spentMs > budgetS * 1000
        if (slow || entry.result.missing !== undefined) continue
        await others.rest(settleMs)
        await wake()
        const turn = await turnOf(entry, times)
        if (!turn) continue
        entry.spentMs += turn.ms * times
        entry.result.values.push(...turn.values)
        if (round >= 0) entry.result.ms.push(turn.ms)
      }
    }
  } finally {
    for (const { contender } of entries) await contender.dispose()
  }
  const disagreements = tolerance === undefined ? [] : disagreementsOf(results, tolerance, driftsFrom)
  const notes = theCase.notes?.(results) ?? []
  return { id, title, warmUp, times, contenders: results, othersBusy: others.share, disagreements, notes }
}

const isMissing = (one: Contender | Missing): one is Missing => 'missing' in one

/** A contender that fails to start is left out with its reason, so that the others still meet. */
async function prepared(contender: Contender, result: ContenderResult): Promise<boolean> {
  try {
    await contender.prepare()
    // Only now does it know what it runs on.
    result.name = contender.name
    return true
  } catch (error) {
    result.missing = reason(error)
    await contender.dispose().catch(() => {})
    return false
  }
}

/** One turn; null, with the reason kept, when the contender breaks: the others go on. */
async function turnOf({ contender, result }: Entry, times: number): Promise<Turn | null> {
  try {
    return await contender.run(times)
  } catch (error) {
    result.missing = `it broke: ${reason(error)}`
    return null
  }
}

/** First line of an error, without what Playwright puts before a page's own. */
export const reason = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/^page\.evaluate: (Error: )?/, '').split('\n')[0]!

/** Compares every contender's values with the first one's, as far as both go; see {@link Case.driftsFrom}. */
export function disagreementsOf(
  results: readonly ContenderResult[],
  tolerance: number,
  driftsFrom = Infinity,
): string[] {
  const [ours, ...others] = results.filter(({ values }) => values.length > 0)
  if (!ours) return []
  return others.flatMap(({ name, values }) => {
    const at = values.findIndex((value, i) => {
      const own = ours.values[i]
      const allowed = tolerance * (i < driftsFrom ? 1 : 10)
      return own !== undefined && !(Math.abs(value - own) <= allowed * Math.max(1e-9, Math.abs(own)))
    })
    return at < 0 ? [] : [`${name} gives ${values[at]} at piece ${at + 1}, ${ours.name} gives ${ours.values[at]}`]
  })
}
