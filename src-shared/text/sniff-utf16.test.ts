import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sniffUtf16 } from './sniff-utf16.ts'

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2))
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), littleEndian)
  return new Uint8Array(view.buffer)
}

test.each([
  'Only a plain story, with café.',
  '道可道,非常道。名可名,非常名。无名天地之始。',
  'Все счастливые семьи похожи друг на друга.',
  '나는 고양이로소이다. 이름은 아직 없다.',
  'كل العائلات السعيدة تتشابه',
])('both orders of bytes without a mark: %s', (text) => {
  expect(sniffUtf16(utf16(text, true))).toBe('utf-16le')
  expect(sniffUtf16(utf16(text, false))).toBe('utf-16be')
})

test('text of single bytes is never taken for it, with a NUL in it neither', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1')
  expect(sniffUtf16(bytes('bush hid the facts'))).toBeNull()
  expect(sniffUtf16(bytes('one\ntwo\0\nthree and so on'))).toBeNull()
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abcdé \n,.ü') }), (text) => {
      expect(sniffUtf16(bytes(text))).toBeNull()
    }),
  )
})

test('noise is not taken for it', () => {
  // Bytes drawn evenly hold about thirty lone surrogates in this length.
  for (let seed = 1; seed < 50; seed++) {
    const noise = Uint8Array.from({ length: 2000 }, (_, i) => Math.imul(i + seed, 2_654_435_761 + seed * 2) >>> 24)
    expect(sniffUtf16(noise)).toBeNull()
  }
})
