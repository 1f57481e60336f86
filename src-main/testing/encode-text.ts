import type { TextEncoding } from '@shared/contract/schemas.ts'
import { textDecoder } from '../jobs/import/text-decoder.ts'

/**
 * Text as bytes of any encoding with one or two bytes per character: by trying all of them backwards, since
 * the platform has no encoder but UTF-8's. For tests. Throws for a character that the encoding lacks.
 */
export function encodeText(text: string, encoding: TextEncoding): Uint8Array {
  const table = tables.get(encoding) ?? makeTable(encoding)
  tables.set(encoding, table)
  return Uint8Array.from(
    [...text].flatMap((character) => {
      const bytes = table.get(character)
      if (!bytes) throw new Error(`${encoding} has no ${character}`)
      return bytes
    }),
  )
}

const tables = new Map<string, Map<string, number[]>>()

function makeTable(encoding: TextEncoding): Map<string, number[]> {
  const table = new Map<string, number[]>()
  const decoder = textDecoder(encoding, { fatal: true })
  const add = (...bytes: number[]) => {
    try {
      const text = decoder.decode(Uint8Array.from(bytes))
      if ([...text].length === 1 && !table.has(text)) table.set(text, bytes)
    } catch {
      // Not a character of this encoding.
    }
  }
  for (let byte = 0; byte < 256; byte++) add(byte)
  for (let lead = 0x81; lead < 0xff; lead++) for (let trail = 0x40; trail < 0xff; trail++) add(lead, trail)
  return table
}
