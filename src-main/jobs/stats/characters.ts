import { RARE_BELOW, type Characters } from '@shared/contract/statistics.ts'

const SHOWN = 32

/** In this order: the first that matches takes the character. */
const CATEGORIES: readonly (readonly [string, RegExp])[] = [
  ['Damaged (�)', /\ufffd/],
  ['Line ends', /[\n\r\u2028\u2029\u0085]/],
  ['Blanks', /[\t\p{Zs}]/u],
  ['Letters', /[\p{L}\p{M}]/u],
  ['Digits', /\p{N}/u],
  ['Punctuation', /\p{P}/u],
  ['Emoji', /\p{Extended_Pictographic}/u],
  ['Symbols', /\p{S}/u],
  ['Control characters', /\p{C}/u],
]

const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Latin', /\p{sc=Latin}/u],
  ['Greek', /\p{sc=Greek}/u],
  ['Cyrillic', /\p{sc=Cyrillic}/u],
  ['Chinese', /\p{sc=Han}/u],
  ['Japanese kana', /[\p{sc=Hiragana}\p{sc=Katakana}]/u],
  ['Korean', /\p{sc=Hangul}/u],
  ['Arabic', /\p{sc=Arabic}/u],
  ['Hebrew', /\p{sc=Hebrew}/u],
  ['Devanagari', /\p{sc=Devanagari}/u],
  ['Bengali', /\p{sc=Bengali}/u],
  ['Tamil', /\p{sc=Tamil}/u],
  ['Thai', /\p{sc=Thai}/u],
  ['Armenian', /\p{sc=Armenian}/u],
  ['Georgian', /\p{sc=Georgian}/u],
  ['Ethiopic', /\p{sc=Ethiopic}/u],
]

/** Counts the characters (Unicode code points) of a text that comes in pieces cut between characters. */
export class CharacterCounter {
  private readonly basic = new Float64Array(0x10000)
  private readonly further = new Map<number, number>()

  add(text: string): void {
    const { basic, further } = this
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if ((unit & 0xf800) !== 0xd800) {
        basic[unit]!++
        continue
      }
      const point = text.codePointAt(i)!
      if (point >= 0x10000) i++
      further.set(point, (further.get(point) ?? 0) + 1)
    }
  }

  result(): Characters {
    const counts: { point: number; count: number }[] = []
    this.basic.forEach((count, point) => count > 0 && counts.push({ point, count }))
    for (const [point, count] of this.further) counts.push({ point, count })
    // Code point order among equals: the same text gives the same list.
    counts.sort((a, b) => b.count - a.count || a.point - b.point)
    const letters = counts.filter(({ point }) => /\p{L}/u.test(String.fromCodePoint(point)))
    return {
      total: counts.reduce((sum, { count }) => sum + count, 0),
      distinct: counts.length,
      categories: shares(counts, CATEGORIES),
      scripts: shares(letters, SCRIPTS),
      frequent: counts.slice(0, SHOWN),
      rarest: counts.slice(-SHOWN).reverse(),
      rare: counts.filter(({ count }) => count < RARE_BELOW).length,
    }
  }
}

/** How many characters each named class has; those of none are "Other". */
function shares(
  counts: readonly { point: number; count: number }[],
  classes: readonly (readonly [string, RegExp])[],
): { name: string; count: number }[] {
  const sums = new Map<string, number>()
  for (const { point, count } of counts) {
    const character = String.fromCodePoint(point)
    const name = classes.find(([, pattern]) => pattern.test(character))?.[0] ?? 'Other'
    sums.set(name, (sums.get(name) ?? 0) + count)
  }
  return [...sums].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
}
