import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Tokenizer as JsTokenizer } from '@huggingface/tokenizers'
import { BPE, byteLevelPreTokenizer, Tokenizer as RustTokenizer } from 'tokenizers'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../random/rng.ts'
import { tokenizerFromJson, tokenizerToJson } from '../tokenizer.ts'
import { pretokenEnd } from '../pretokenize.ts'
import { ID_OF_BYTE } from './byte-alphabet.ts'
import type { BpeTokenizer } from './bpe-tokenizer.ts'
import { BpeTrainer } from './train.ts'

const data = resolve(import.meta.dirname, '../../../../shared/data')

function trained(texts: (string | Uint8Array)[], vocabSize: number, minFrequency?: number): BpeTokenizer {
  const trainer = new BpeTrainer(minFrequency === undefined ? {} : { minFrequency })
  for (const text of texts) trainer.add(Buffer.from(text))
  return trainer.train({ vocabSize })
}

const pairsOf = ({ vocabulary: { left, right } }: BpeTokenizer) => Array.from(left, (id, rank) => [id, right[rank]!])

/** The definition itself: count all pairs of all words anew before every merge. */
function naiveMerges(text: string, wanted: number, minFrequency: number): number[][] {
  const bytes = Buffer.from(text)
  let words: number[][] = []
  for (let at = 0; at < bytes.length;) {
    const end = pretokenEnd(bytes, at, bytes.length)
    words.push([...bytes.subarray(at, end)].map((byte) => ID_OF_BYTE[byte]!))
    at = end
  }
  const merges: number[][] = []
  while (merges.length < wanted) {
    const counts = new Map<number, number>()
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const key = word[i]! * 65_536 + word[i + 1]!
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
    const [best] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
    if (!best || best[1] < minFrequency) break
    const [left, right] = [Math.floor(best[0] / 65_536), best[0] % 65_536]
    const id = 256 + merges.length
    merges.push([left, right])
    words = words.map((word) => {
      const merged: number[] = []
      for (let i = 0; i < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) {
          merged.push(id)
          i++
        } else merged.push(word[i]!)
      }
      return merged
    })
  }
  return merges
}

/** A text of made-up words, some common and some rare, in several scripts. */
function generatedText(seed: number, words: number): string {
  const rng = createRng(seed)
  const syllables = 'ba be ki lo ma ne no ra sa ta the ing er ß é 日 本 の Ж ю 7 42'.split(' ')
  const lexicon = Array.from({ length: 3000 }, () =>
    Array.from({ length: 1 + rng.int(4) }, () => rng.pick(syllables)).join(''),
  )
  const marks = ['', '', '', ',', '.', '!', "'s", ' -', '\n', '\n\n  ']
  let text = ''
  for (let i = 0; i < words; i++) {
    // Squared: low numbers, the common words, come up more often.
    text += lexicon[Math.floor(rng.next() ** 2 * lexicon.length)]! + rng.pick(marks) + ' '
  }
  return text
}

describe('equal to counting everything anew before each merge', () => {
  const rng = createRng(3)
  const ab = Array.from({ length: 400 }, () => (rng.int(3) ? 'a' : rng.int(2) ? 'b' : ' ')).join('')
  it.each([
    ['runs of one letter', 'aaaa aaa aa a aaaaa aaaaaaa aaaaaaaaaaaaa', 30],
    ['two letters', ab, 200],
    ['blanks and line ends', 'a  b\n\n\n  c    d\n\n\n\ne      f\n\n\n   ', 30],
    ['words of several scripts', generatedText(11, 400), 700],
  ])('%s', (_name, text, wanted) => {
    const merges = naiveMerges(text, wanted, 2)
    expect(merges.length).toBeGreaterThan(3)
    expect(pairsOf(trained([text], wanted + 257))).toEqual(merges)
  })

  it('with another least frequency', () => {
    const text = generatedText(12, 200)
    expect(pairsOf(trained([text], 2000, 5))).toEqual(naiveMerges(text, 2000, 5))
    expect(pairsOf(trained([text], 2000, 1)).length).toBeGreaterThan(pairsOf(trained([text], 2000, 2)).length)
  })
})

describe('equal to the Rust package `tokenizers`', () => {
  // Its N-API build trains only with its defaults: 30,000 tokens, least frequency 0, byte alphabet from the text.
  function mergesOfReference(text: string): string[] {
    const dir = mkdtempSync(join(tmpdir(), 'gradus-bpe-'))
    try {
      writeFileSync(join(dir, 'text.txt'), text)
      const tokenizer = new RustTokenizer(BPE.empty())
      tokenizer.setPreTokenizer(byteLevelPreTokenizer(false))
      tokenizer.train([join(dir, 'text.txt')])
      tokenizer.save(join(dir, 'tokenizer.json'))
      const { model } = JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8')) as {
        model: { merges: (string | string[])[] }
      }
      return model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')))
    } finally {
      rmSync(dir, { recursive: true })
    }
  }

  function mergesOfOurs(text: string): string[] {
    // It reads files line by line, so that no word reaches over a line end.
    const lines = text.split(/(?<=\n)/)
    return tokenizerToJson(trained(lines, 31_000, 1)).model.merges as string[]
  }

  it('on a generated text', () => {
    const text = generatedText(5, 20_000)
    const expected = mergesOfReference(text)
    expect(expected.length).toBeGreaterThan(1500)
    expect(mergesOfOurs(text).slice(0, expected.length)).toEqual(expected)
  })

  it.skipIf(!existsSync(data))(
    'on tinyshakespeare',
    () => {
      const text = readFileSync(join(data, 'tinyshakespeare.txt'), 'utf8')
      const expected = mergesOfReference(text)
      expect(expected.length).toBeGreaterThan(20_000)
      expect(mergesOfOurs(text).slice(0, expected.length)).toEqual(expected)
    },
    60_000,
  )
})

it.skipIf(!existsSync(data))("equal to the reference of Stanford CS336, with that course's tie-break", () => {
  const trainer = new BpeTrainer({ tieBreak: 'greatest-bytes' })
  // The course's vocabulary of 500 has 256 bytes and its end token, which splits documents before words are counted.
  for (const document of readFileSync(join(data, 'cs336-corpus.en'), 'utf8').split('<|endoftext|>')) {
    trainer.add(Buffer.from(document))
  }
  const merges = tokenizerToJson(trainer.train({ vocabSize: 500 })).model.merges as string[]
  expect(merges).toEqual(readFileSync(join(data, 'cs336-train-bpe-reference-merges.txt'), 'utf8').trimEnd().split('\n'))
})

describe('the trained tokenizer', () => {
  const text = generatedText(21, 5000)
  const tokenizer = trained([text], 600)

  it('has the bytes, the merges, then the end token', () => {
    expect(tokenizer).toMatchObject({ kind: 'bpe', vocabSize: 600, merges: 343, endId: 599, unknown: null })
    expect(tokenizer.tokenLabel(599)).toBe('<|endoftext|>')
    expect(tokenizer.tokenBytes(ID_OF_BYTE[0x41]!)).toEqual(Uint8Array.of(0x41))
  })

  it('writes back every text, of any bytes', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 197) & 255)
    expect(tokenizer.decodeBytes(tokenizer.encodeBytes(bytes))).toEqual(bytes)
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
  })

  it('gives the ids that the Rust and the JavaScript package give from its tokenizer.json', async () => {
    const json = tokenizerToJson(tokenizer)
    const rust = RustTokenizer.fromString(JSON.stringify(json))
    const js = new JsTokenizer(JSON.parse(JSON.stringify(json)), {})
    for (const sample of [text.slice(0, 3000), "I'll don't  go\n\n x\t日本 😀 e\u0301 naïve ", '']) {
      const ids = tokenizer.encode(sample)
      expect((await rust.encode(sample)).getIds()).toEqual(ids)
      expect(js.encode(sample).ids).toEqual(ids)
      expect(await rust.decode(ids, false)).toBe(sample)
    }
    const withEnd = 'ba<|endoftext|> be'
    expect((await rust.encode(withEnd)).getIds()).toEqual(tokenizer.encode(withEnd, { special: true }))
    expect(rust.getVocabSize()).toBe(tokenizer.vocabSize)
  })

  it('is the same after tokenizer.json', () => {
    const json = JSON.parse(JSON.stringify(tokenizerToJson(tokenizer))) as unknown
    const again = tokenizerFromJson(json)
    expect(again).toMatchObject({ kind: 'bpe', vocabSize: 600, endId: 599 })
    expect(again.encode(text)).toEqual(tokenizer.encode(text))
    expect(JSON.stringify(tokenizerToJson(again))).toBe(JSON.stringify(tokenizerToJson(tokenizer)))
  })

  it('keeps a token that is named like a property of Object', () => {
    const odd = trained(
      Array.from({ length: 50 }, () => '__proto__'),
      300,
    )
    const again = tokenizerFromJson(JSON.parse(JSON.stringify(tokenizerToJson(odd))))
    expect(again.encode('__proto__')).toEqual(odd.encode('__proto__'))
    expect(again.tokenLabel(again.encode('__proto__')[1]!)).toBe('proto')
  })
})

describe('training', () => {
  it('depends on where documents end, and not on how often train is asked', () => {
    const trainer = new BpeTrainer()
    trainer.add(Buffer.from('ab ab'))
    trainer.add(Buffer.from('ab ab'))
    const first = trainer.train({ vocabSize: 300 })
    expect(pairsOf(trainer.train({ vocabSize: 300 }))).toEqual(pairsOf(first))
    // "ab" twice at the start of a document and " ab" twice: "ab" counts 4.
    expect(first.encode('ab ab')).toEqual([256, 257])
  })

  it('ends early where nothing repeats', () => {
    expect(trained(['abcdefg'], 1000).vocabSize).toBe(257)
    expect(trained([''], 1000).vocabSize).toBe(257)
  })

  it('reports progress and can be stopped', () => {
    const trainer = new BpeTrainer()
    trainer.add(Buffer.from(generatedText(1, 1000)))
    const seen: number[] = []
    trainer.train({ vocabSize: 457, onProgress: (done, total) => (expect(total).toBe(200), seen.push(done)) })
    expect(seen.length).toBeGreaterThan(50)
    expect(seen.at(-1)).toBe(200)
    expect(() => trainer.train({ vocabSize: 457, shouldStop: () => true })).toThrow(
      expect.objectContaining({ code: 'cancelled' }) as Error,
    )
  })

  it.each([256, 65_537, 300.5, NaN])('a vocabulary of %d is refused', (vocabSize) => {
    expect(() => new BpeTrainer().train({ vocabSize })).toThrow(/cannot be made/)
  })

  it('keeps to a word of 200,000 letters', () => {
    const rng = createRng(9)
    const word = Array.from({ length: 200_000 }, () => rng.pick(['ab', 'cd', 'e'])).join('')
    const long = trained([word], 500)
    expect(long.vocabSize).toBe(500)
    expect(long.decode(long.encode(word))).toBe(word)
  })
})
