import type { Tokenizer } from '@shared/text/tokenizer.ts'

export interface Pill {
  id: number
  label: string
  /** Hexadecimal bytes: "20 74 68 65". */
  bytes: string
  /** The end token, or the token for what the vocabulary lacks. */
  special: boolean
  /** The text goes on in a new line after it. */
  breaks: boolean
}

/** Most tokens drawn; a screen of them says enough. */
export const MAX_PILLS = 600

export interface PillRow {
  pills: Pill[]
  /** Tokens of the whole text, drawn or not. */
  total: number
  /** Characters that the vocabulary lacks. */
  unknown: number
  /** Whether the ids give exactly the same text back. */
  exact: boolean
}

/** A text as the tokenizer cuts it. `<|endoftext|>` in the text is taken for the token of that name. */
export function pillsOf(tokenizer: Tokenizer, text: string): PillRow {
  const ids = tokenizer.encode(text, { special: true })
  return {
    pills: ids.slice(0, MAX_PILLS).map((id) => pill(tokenizer, id)),
    total: ids.length,
    unknown: ids.filter((id) => id === tokenizer.unknown).length,
    exact: tokenizer.decode(ids) === text,
  }
}

function pill(tokenizer: Tokenizer, id: number): Pill {
  const bytes = tokenizer.tokenBytes(id)
  return {
    id,
    label: tokenizer.tokenLabel(id),
    bytes: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' '),
    special: id === tokenizer.endId || id === tokenizer.unknown,
    breaks: bytes.at(-1) === 0x0a,
  }
}

/** The first `most` characters of a text, cut at a blank where there is one. */
export function excerpt(text: string, most: number): string {
  const characters = [...text]
  if (characters.length <= most) return text
  const cut = characters.slice(0, most).join('')
  const blank = cut.search(/\s\S*$/)
  return blank > 0 ? cut.slice(0, blank) : cut
}
