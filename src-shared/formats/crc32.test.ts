import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'

/** The definition: one bit at a time. */
function bitwise(bytes: Uint8Array): number {
  let c = ~0
  for (const byte of bytes) {
    c ^= byte
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  }
  return ~c >>> 0
}

test('the check value of the standard', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  expect(crc32(new Uint8Array(0))).toBe(0)
})

test('any length, and any cut into chunks, gives what the definition gives', () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => (i * 151 + 7) & 255)
  for (let length = 0; length <= bytes.length; length++) {
    const part = bytes.subarray(0, length)
    expect(crc32(part)).toBe(bitwise(part))
    expect(crc32(part.subarray(length >> 1), crc32(part.subarray(0, length >> 1)))).toBe(bitwise(part))
  }
})
