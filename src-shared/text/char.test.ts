import { Tokenizer as JsTokenizer } from '@huggingface/tokenizers'
import { Tokenizer as RustTokenizer } from 'tokenizers'
import { describe, expect, it } from 'vitest'
import { CharTokenizer, CharTrainer } from './char.ts'
import { tokenizerFromJson, tokenizerToJson } from './tokenizer.ts'

function trained(...texts: string[]): CharTokenizer {
  const trainer = new CharTrainer()
  for (const text of texts) trainer.add(Buffer.from(text))
  return trainer.train()
}

describe('CharTokenizer', () => {
  // U+FFFD sorts before U+1F600 as a code point, and after it by UTF-16 units.
  const tokenizer = trained('banana\n', 'n\uFFFD😀b')

  it('numbers the characters by code point, then <unk> and the end token', () => {
    expect(tokenizer).toMatchObject({ kind: 'char', vocabSize: 8, unknown: 6, endId: 7 })
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((id) => tokenizer.tokenLabel(id))).toEqual(
      '↵ a b n \uFFFD 😀 <unk> <|endoftext|>'.split(' '),
    )
  })

  it('encodes and decodes, strings and bytes alike', () => {
    expect(tokenizer.encode('nab😀\n')).toEqual([3, 1, 2, 5, 0])
    expect(tokenizer.encodeBytes(Buffer.from('nab😀\n'))).toEqual(Uint16Array.of(3, 1, 2, 5, 0))
    expect(tokenizer.decode([3, 1, 2, 5, 0])).toBe('nab😀\n')
    expect(tokenizer.decode([])).toBe('')
  })

  it('has one id for what it does not know', () => {
    expect(tokenizer.encode('xay🎉')).toEqual([6, 1, 6, 6])
    expect(tokenizer.encode('\uD800a')).toEqual([4, 1])
    expect(trained('a').encode('\uD800a')).toEqual([1, 0])
    expect(tokenizer.decode([6, 1])).toBe('\uFFFDa')
    expect(tokenizer.decode([99])).toBe('\uFFFD')
  })

  it('takes the end token only where it is allowed', () => {
    expect(tokenizer.encode('a<|endoftext|>b', { special: true })).toEqual([1, 7, 2])
    expect(tokenizer.encode('a<|endoftext|>')).not.toContain(7)
  })

  it('streams whole characters', () => {
    const stream = tokenizer.streamDecoder()
    expect([5, 1].map((id) => stream.push(id))).toEqual(['😀', 'a'])
    expect(stream.flush()).toBe('')
  })
})

describe('its tokenizer.json', () => {
  const text = 'To be, or not to be:\n\tnaïve café 日本 😀 __proto__ "\\ \u2028\u0000'
  const tokenizer = trained(text)
  const json = JSON.stringify(tokenizerToJson(tokenizer))

  it('is read back the same', () => {
    const again = tokenizerFromJson(JSON.parse(json))
    expect(again).toMatchObject({ kind: 'char', vocabSize: tokenizer.vocabSize, endId: tokenizer.endId })
    expect(again.encode(text)).toEqual(tokenizer.encode(text))
    expect(JSON.stringify(tokenizerToJson(again))).toBe(json)
  })

  it('gives the same ids in the Rust and the JavaScript package', async () => {
    const rust = RustTokenizer.fromString(json)
    const js = new JsTokenizer(JSON.parse(json) as object, {})
    for (const sample of [text, 'be\n\n  zzz', 'a']) {
      expect((await rust.encode(sample)).getIds()).toEqual(tokenizer.encode(sample))
    }
    // The JavaScript package has no id for unknown characters under a WordLevel model.
    expect(js.encode(text).ids).toEqual(tokenizer.encode(text))
    expect((await rust.encode('be<|endoftext|>')).getIds()).toEqual(
      tokenizer.encode('be<|endoftext|>', { special: true }),
    )
    expect(await rust.decode(tokenizer.encode(text), false)).toBe(text)
  })
})

it('more characters than 16-bit ids allow are refused', () => {
  expect(() => new CharTokenizer(Array.from({ length: 65_535 }, (_, i) => i))).toThrow(/own BPE|different characters/)
})
