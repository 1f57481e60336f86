import { createRng } from '@shared/random/rng.ts'
import { NewlineNormaliser } from '@shared/text/clean.ts'
import { countControls } from '@shared/text/clean/control.ts'
import { fingerprint } from '@shared/text/clean/fingerprint.ts'
import { describe, expect, it } from 'vitest'
import { TextCounts } from '../import/counts.ts'
import { HASH_START, hashOn } from '../import/hash.ts'
import { TextScan } from './text-scan.ts'
import { LineEnds, utf8Blocks } from './utf8-blocks.ts'

const rng = createRng(3)
const PIECES = [
  'a',
  'word ',
  '\n',
  '\r\n',
  '\r',
  'é',
  '«',
  '中，',
  '😀',
  '\ufeff',
  '\ufffd',
  '\u0085',
  '\u0001',
  '\u009f',
  '\t',
]
const randomText = (length: number) => Array.from({ length }, () => PIECES[rng.int(PIECES.length)]).join('')

/** The blocks of bytes that come in chunks of random size. */
async function blocksOf(bytes: Buffer, most: number): Promise<Buffer[]> {
  async function* chunks() {
    for (let at = 0; at < bytes.length;) {
      const size = 1 + rng.int(most)
      yield bytes.subarray(at, at + size)
      at += size
    }
  }
  const blocks: Buffer[] = []
  for await (const block of utf8Blocks(chunks())) blocks.push(Buffer.from(block))
  return blocks
}

describe('blocks of UTF-8', () => {
  it('put together are the text, each cut at a line end', async () => {
    for (let round = 0; round < 100; round++) {
      const text = randomText(rng.int(300))
      const blocks = await blocksOf(Buffer.from(text), 40)
      expect(Buffer.concat(blocks).toString()).toBe(text.replace(/^\ufeff/, ''))
      for (const block of blocks.slice(0, -1)) expect(block.at(-1)).toBe(0x0a)
    }
  })

  it('of a long text without line ends are cut between characters, and never behind a CR', async () => {
    const text = '中\r'.repeat(100_000)
    const blocks = await blocksOf(Buffer.from(text), 100_000)
    expect(Buffer.concat(blocks).toString()).toBe(text)
    expect(blocks.length).toBeGreaterThan(3)
    for (const block of blocks.slice(0, -1)) expect(block.toString()).toMatch(/中$/)
  })

  it('have the line ends, and the count of those changed, that a string would have', async () => {
    for (const keep of [false, true]) {
      for (let round = 0; round < 50; round++) {
        const text = randomText(rng.int(300)).replaceAll('\ufeff', '')
        const [bytes, naive] = [new LineEnds(keep), new NewlineNormaliser(keep)]
        const made = (await blocksOf(Buffer.from(text), 50)).map((block) => bytes.push(block).toString())
        expect(made.join('')).toBe(naive.push(text) + naive.end())
        expect(bytes.changed).toBe(naive.changed)
      }
    }
  })
})

it('one look at a text finds what looks of their own find', () => {
  const scan = new TextScan()
  for (let round = 0; round < 300; round++) {
    const text = randomText(rng.int(60))
    scan.set(text)
    const bytes = Buffer.from(text)
    const counts = new TextCounts()
    counts.add(bytes)
    counts.endText()
    const { characters, lines, words } = counts
    expect(scan).toMatchObject({ length: bytes.length, characters, lines, words, print: fingerprint(text) })
    expect(characters).toBe([...text].length)
    expect(words).toBe(text.split(/[\t-\r ]+/).filter(Boolean).length)
    expect(scan.hash).toBe(hashOn(HASH_START, bytes))
    const odd = countControls(text) > 0 || text.includes('\ufffd')
    expect(scan.odd).toBe(odd)
    expect(new TextCounts().addPlain(bytes)).toBe(odd ? -1 : text.split('\n').length - 1)
  }
})
