import { expect, test } from 'vitest'
import { ENCODING_NAMES } from '@shared/text/encodings.ts'
import type { TextEncoding } from '@shared/contract/schemas.ts'
import { textDecoder } from './text-decoder.ts'

test('every encoding offered is known to the platform', () => {
  for (const encoding of Object.keys(ENCODING_NAMES) as TextEncoding[]) {
    expect(textDecoder(encoding).decode(Buffer.from('a'.repeat(8)))).not.toBe('')
  }
})

test('Windows-1252 has its quotation marks, dashes and euro sign, over chunks too', () => {
  const bytes = Buffer.from('9380e96c7427 9496 85 8d81'.replaceAll(' ', ''), 'hex')
  expect(textDecoder('windows-1252', { fatal: true }).decode(bytes)).toBe("“€élt'”–…\x8d\x81")
  const decoder = textDecoder('windows-1252')
  expect([...bytes].map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true })).join('')).toBe(
    "“€élt'”–…\x8d\x81",
  )
})
