import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InvalidBytes, TextEncoding } from '@shared/contract/schemas.ts'
import { encodeText } from '../../testing/encode-text.ts'
import { utf16 } from '../testing/data-studio.ts'
import { createDecoder, createValidator } from './decode.ts'

function decode(bytes: Uint8Array, encoding: TextEncoding, handling: InvalidBytes, size = 3) {
  const decoder = createDecoder(encoding, handling)
  let text = ''
  for (let at = 0; at < bytes.length; at += size) text += decoder.push(bytes.subarray(at, at + size))
  text += decoder.end()
  return { text, invalidBytes: decoder.invalidBytes }
}

/** The file `mixed.txt` of a person: UTF-8 with Latin-1 inside. */
const MIXED = Buffer.concat([
  Buffer.from('Grüße\n'),
  Buffer.from('caf\xe9 cr\xe8me\n', 'latin1'),
  Buffer.from('ż ends \uFFFD here\n'),
  Buffer.from('na\xefve', 'latin1'),
])

test('invalid bytes are refused, replaced, or their lines left out, and counted', () => {
  for (const size of [1, 3, 100]) {
    expect(() => decode(MIXED, 'utf-8', 'refuse', size)).toThrow(TypeError)
    expect(decode(MIXED, 'utf-8', 'replace', size)).toEqual({
      text: 'Grüße\ncaf\uFFFD cr\uFFFDme\nż ends \uFFFD here\nna\uFFFDve',
      invalidBytes: 3,
    })
    expect(decode(MIXED, 'utf-8', 'drop-lines', size)).toEqual({ text: 'Grüße\nż ends \uFFFD here\n', invalidBytes: 3 })
  }
})

test.each(['utf-16le', 'utf-16be'] as const)('%s: lone surrogates and half characters, by line', (encoding) => {
  // U+0A0A and U+0100 U+0A00 have the bytes of a line end without being one.
  const good = utf16('a\u0a0ab\u0100\u0a00\n', encoding)
  const bad = utf16('x\ud800y\n', encoding)
  const bytes = Buffer.concat([good, bad, utf16('end', encoding), Buffer.of(0x41)])
  for (const size of [1, 2, 5, 100]) {
    expect(decode(bytes, encoding, 'drop-lines', size)).toEqual({ text: 'a\u0a0ab\u0100\u0a00\n', invalidBytes: 3 })
    expect(decode(bytes, encoding, 'replace', size)).toEqual({
      text: 'a\u0a0ab\u0100\u0a00\nx\uFFFDy\nend\uFFFD',
      invalidBytes: 3,
    })
  }
})

test('a byte order mark is taken off once, whatever becomes of invalid bytes', () => {
  const bytes = Buffer.from('\uFEFFone\n\uFEFFtwo\n')
  for (const handling of ['refuse', 'replace', 'drop-lines'] as const) {
    expect(decode(bytes, 'utf-8', handling).text).toBe('one\n\uFEFFtwo\n')
  }
})

test('encodings of before Unicode say how many bytes mean nothing, and from which line', () => {
  const bytes = Buffer.concat([encodeText('吾輩は猫\nである\n', 'shift_jis'), Buffer.of(0x41, 0xff, 0x0a)])
  const validator = createValidator('shift_jis')
  for (const byte of bytes) validator.push(Uint8Array.of(byte))
  expect(validator.end()).toEqual({ bytes: 1, line: 3 })
  expect(decode(bytes, 'shift_jis', 'drop-lines')).toEqual({ text: '吾輩は猫\nである\n', invalidBytes: 1 })
})

test('what is kept by leaving out lines is exactly the valid lines', () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => Buffer.from(text.replaceAll('\n', ''))),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a))),
  )
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 12 }), (lines, size) => {
      const bytes = Buffer.concat(lines.map((one) => Buffer.concat([one, Buffer.of(0x0a)])))
      const valid = lines.filter((one) => Buffer.from(one.toString()).equals(one))
      const text = valid.map((one) => `${one.toString()}\n`).join('')
      // A mark at the very beginning is no text.
      expect(decode(bytes, 'utf-8', 'drop-lines', size).text).toBe(
        text.startsWith('\uFEFF') && valid[0] === lines[0] ? text.slice(1) : text,
      )
    }),
  )
})
