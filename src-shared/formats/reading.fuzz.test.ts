import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../contract/errors.ts'
import { CsvReader } from './csv.ts'
import { JsonArrayReader } from './json-array.ts'
import { JsonlReader } from './jsonl.ts'
import type { Row } from './read-record.ts'

interface Reader {
  push(chunk: string): Row<unknown>[]
  end(): Row<unknown>[]
}

/** Reads `text` in pieces that end where `cuts` say; what a reader refuses as a whole comes back as its message. */
function outcome(reader: Reader, text: string, cuts: number[]): Row<unknown>[] | string {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
  try {
    return [...places.flatMap((end, i) => reader.push(text.slice(places[i - 1] ?? 0, end))), ...reader.end()]
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    return (error as AppError).message
  }
}

const readers: [string, () => Reader, string[]][] = [
  ['CSV', () => new CsvReader({ delimiter: ',', quoting: true }), ['"', '""', ',', '\n', '\r\n', '\r', 'a', ' ', '😀']],
  ['TSV', () => new CsvReader({ delimiter: '\t', quoting: false }), ['"', '\t', '\n', '\r\n', '\r', 'a', ' ']],
  ['JSONL', () => new JsonlReader(), ['{"a":1}', '{', '}', '[', '"', '\\', ':', ',', '\n', '\r', 'NaN', '\uFEFF', '1']],
  ['a JSON list', () => new JsonArrayReader('f'), ['[', ']', '{"a":"\\""}', '{', '}', '"', '\\', ',', '\n', '1', ' ']],
]

test.each(readers)(
  '%s: any text is read or refused in plain words, alike wherever it is cut',
  (_name, create, tokens) => {
    const textArb = fc.oneof(
      fc.array(fc.constantFrom(...tokens), { maxLength: 30 }).map((parts) => parts.join('')),
      fc.string(),
    )
    fc.assert(
      fc.property(textArb, fc.array(fc.nat(), { maxLength: 5 }), (text, cuts) => {
        const whole = outcome(create(), text, [])
        expect(outcome(create(), text, cuts)).toEqual(whole)
        if (typeof whole === 'string') return
        // Lines come in order and exist.
        const lines = whole.map((row) => row.line)
        expect(lines).toEqual([...lines].sort((a, b) => a - b))
        expect(lines.every((line) => line >= 1 && line <= text.split(/\r\n|\r|\n/).length)).toBe(true)
      }),
      { numRuns: 400 },
    )
  },
)
