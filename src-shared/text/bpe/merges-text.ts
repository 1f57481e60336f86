import { AppError } from '../../contract/errors.ts'
import { BYTE_OF_ID, bytesToUnicode } from './byte-alphabet.ts'
import { MAX_VOCAB } from './pair-table.ts'

/**
 * Reads a `merges.txt` or `vocab.bpe`: a `#version` line, then one merge "left right" per line in the byte alphabet, each part being
 * a byte or the result of an earlier merge.
 *
 * @throws AppError `malformed` with the line number of the first bad line.
 */
export function mergesFromText(text: string): [number, number][] {
  const ids = new Map(Array.from(BYTE_OF_ID, (byte, id) => [bytesToUnicode(Uint8Array.of(byte)), id]))
  const merges: [number, number][] = []
  const lines = text.split('\n')
  const first = lines[0]!.startsWith('#version') ? 1 : 0
  for (let i = first; i < lines.length; i++) {
    const line = lines[i]!.replace(/\r$/, '')
    if (line === '' && i === lines.length - 1) break
    const [left = '', right = '', ...more] = line.split(' ')
    const [leftId, rightId] = [ids.get(left), ids.get(right)]
    if (
      more.length > 0 ||
      leftId === undefined ||
      rightId === undefined ||
      ids.has(left + right) ||
      ids.size >= MAX_VOCAB
    ) {
      throw new AppError({
        code: 'malformed',
        message: `Line ${i + 1} of the list of merges is not a merge: ${JSON.stringify(line.slice(0, 80))}.`,
        hint: 'Every line must name two tokens that are single bytes or come from lines above, and make a new one.',
      })
    }
    ids.set(left + right, ids.size)
    merges.push([leftId, rightId])
  }
  return merges
}
