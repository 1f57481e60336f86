import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errorOf } from '../testing/data-studio.ts'
import { gunzipChunks } from './gunzip.ts'

/** Chunks that share one buffer, as a file's do. */
async function* shared(bytes: Uint8Array, size: number) {
  const buffer = Buffer.alloc(size)
  for (let at = 0; at < bytes.length; at += size) {
    const end = Math.min(bytes.length, at + size)
    buffer.set(bytes.subarray(at, end))
    yield buffer.subarray(0, end - at)
    buffer.fill(0xff)
  }
}

async function unpack(bytes: Uint8Array, size = 1000): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of gunzipChunks(shared(bytes, size), 'a.txt.gz')) parts.push(chunk)
  return Buffer.concat(parts)
}

const text = Array.from({ length: 5000 }, (_, i) => `Line ${i} of many, ${(i * 7919) % 1000}.`).join('\n')

test('one member, several members, chunks of any size', async () => {
  const packed = gzipSync(text)
  for (const size of [997, 100_000]) expect((await unpack(packed, size)).toString()).toBe(text)
  expect((await unpack(gzipSync('some text'), 1)).toString()).toBe('some text')
  expect((await unpack(Buffer.concat([packed, gzipSync('and more')]))).toString()).toBe(`${text}and more`)
})

test('damaged and cut data say so', async () => {
  const packed = gzipSync(text)
  expect(await errorOf(unpack(packed.subarray(0, packed.length - 20)))).toMatchObject({
    code: 'corrupt',
    message: 'a.txt.gz is damaged: its compressed data ends too early.',
  })
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
      const result = await unpack(Buffer.concat([packed.subarray(0, 40), noise])).catch((error: unknown) => error)
      if (Buffer.isBuffer(result)) return
      expect(await errorOf(Promise.reject(result as Error))).toMatchObject({ code: 'corrupt' })
    }),
    { numRuns: 60 },
  )
})

test('a bomb is refused by the limit that is named, long before it is unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, 0x20), { level: 1 })
  const error = await errorOf(unpack(bomb))
  expect(error).toMatchObject({ code: 'too_large', message: expect.stringContaining('more than 200 times') })
  expect(error.details?.unpackedBytes).toBeLessThan(70 * 1024 * 1024)
})

test('a reader that stops early ends the unpacking', async () => {
  for await (const chunk of gunzipChunks(shared(gzipSync(text), 100), 'a.gz')) {
    expect(chunk.length).toBeGreaterThan(0)
    break
  }
})
