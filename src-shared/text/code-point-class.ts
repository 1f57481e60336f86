import { UNICODE_RUNS } from './unicode-runs.ts'

/** The classes that the GPT-2 pattern tells apart. */
export const OTHER = 0
export const LETTER = 1
export const NUMBER = 2
export const SPACE = 3

const CODE_POINTS = 0x110000

function buildTable(): Uint8Array {
  const table = new Uint8Array(CODE_POINTS)
  const classes = [
    [UNICODE_RUNS.letter, LETTER],
    [UNICODE_RUNS.number, NUMBER],
    [UNICODE_RUNS.space, SPACE],
  ] as const
  for (const [runs, value] of classes) {
    const numbers = runs.split(' ').map((digits) => parseInt(digits, 36))
    let position = 0
    for (let i = 0; i < numbers.length; i += 2) {
      const start = position + numbers[i]!
      position = start + numbers[i + 1]!
      table.fill(value, start, position)
    }
  }
  return table
}

/** Class of every code point. `\s` is Unicode White_Space: it has U+0085 and lacks U+FEFF, unlike JavaScript's. */
export const CODE_POINT_CLASS = buildTable()

/** Class of every byte where it stands for itself; {@link MULTI_BYTE} where it must be decoded first. */
export const MULTI_BYTE = 4
export const BYTE_CLASS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x80 ? CODE_POINT_CLASS[byte]! : MULTI_BYTE,
)
