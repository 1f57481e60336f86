import { expect, it } from 'vitest'
import { toErrorData, type AppErrorData } from '../contract/errors.ts'
import { BpeTrainer } from './bpe/train.ts'
import { CharTrainer } from './char.ts'
import { checkRoundTrip, TOKENIZER_FILE_BYTES, tokenizerFromFile } from './tokenizer-file.ts'
import { tokenizerToJson, type Tokenizer } from './tokenizer.ts'

const TEXT = 'the cat sat on the mat; naïve 中文'
const bytes = new TextEncoder().encode(TEXT)
function trained(trainer: BpeTrainer | CharTrainer): Tokenizer {
  trainer.add(bytes)
  return trainer instanceof BpeTrainer ? trainer.train({ vocabSize: 270 }) : trainer.train()
}
const bpe = trained(new BpeTrainer())
const chars = trained(new CharTrainer())
const file = (tokenizer: Tokenizer) => JSON.stringify(tokenizerToJson(tokenizer))

function refusal(action: () => unknown): AppErrorData {
  try {
    action()
  } catch (error) {
    return toErrorData(error)
  }
  throw new Error('was accepted')
}

it('takes both forms, and their texts come back', () => {
  for (const tokenizer of [bpe, chars]) {
    const read = tokenizerFromFile(file(tokenizer), 'tokenizer.json')
    expect(read.encode(TEXT)).toEqual(tokenizer.encode(TEXT))
    expect(checkRoundTrip(read, TEXT, 'tokenizer.json')).toEqual({
      characters: [...TEXT].length,
      tokens: tokenizer.encode(TEXT).length,
      unknown: 0,
    })
  }
})

it('counts the characters that a vocabulary lacks, and refuses one for another language', () => {
  expect(checkRoundTrip(chars, `${TEXT}Z`, 'a.json').unknown).toBe(1)
  expect(checkRoundTrip(bpe, 'Привет, мир', 'a.json').unknown).toBe(0)
  expect(refusal(() => checkRoundTrip(chars, 'Привет, мир', 'a.json'))).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('a.json lacks 91 % of the characters'),
  })
})

it('refuses a tokenizer that loses text', () => {
  const lossy: Tokenizer = Object.assign(Object.create(bpe) as Tokenizer, {
    encode: (text: string) => bpe.encode(text.replaceAll('\r\n', '\n')),
  })
  expect(refusal(() => checkRoundTrip(lossy, TEXT, 'a.json')).message).toContain('does not come back as it was')
})

it('names the file that cannot be one', () => {
  expect(refusal(() => tokenizerFromFile('#version: 0.2\na b', 'merges.txt'))).toMatchObject({
    code: 'malformed',
    message: 'merges.txt is not a tokenizer.json: it cannot be read as JSON.',
  })
  expect(refusal(() => tokenizerFromFile('{"a":0}', 'vocab.json')).message).toContain('vocab.json: ')
  expect(refusal(() => tokenizerFromFile(' '.repeat(TOKENIZER_FILE_BYTES + 1), 'a.json')).code).toBe('too_large')
})

it('refuses tokens that are cut out of every text', () => {
  const json = JSON.parse(file(bpe)) as { added_tokens: object[] }
  json.added_tokens.push({ id: 270, content: '    ', special: false })
  expect(refusal(() => tokenizerFromFile(JSON.stringify(json), 'a.json'))).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('cut out of every text'),
  })
})
