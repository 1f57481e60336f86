import { describe, expect, it } from 'vitest'
import { AppError } from '../contract/errors.ts'
import { BpeTrainer } from './bpe/train.ts'
import { CharTrainer } from './char.ts'
import { tokenizerFromJson, tokenizerToJson } from './tokenizer.ts'

type Json = Record<string, unknown>
type Draft = Json & { model: Json & { vocab: Record<string, unknown>; merges: unknown[] }; added_tokens: Json[] }

const source = Buffer.from('the cat and the hat and the mat')
function bpe(): Draft {
  const trainer = new BpeTrainer()
  trainer.add(source)
  return JSON.parse(JSON.stringify(tokenizerToJson(trainer.train({ vocabSize: 262 })))) as Draft
}
function chars(): Draft {
  const trainer = new CharTrainer()
  trainer.add(source)
  return JSON.parse(JSON.stringify(tokenizerToJson(trainer.train()))) as Draft
}

function refusal(json: unknown): AppError {
  try {
    tokenizerFromJson(json)
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    return error as AppError
  }
  throw new Error('was accepted')
}

describe('other forms of the same', () => {
  it('merges as pairs, no type, no added token in the vocabulary', () => {
    const json = bpe()
    const expected = tokenizerFromJson(bpe()).encode('the cat')
    json.model.merges = json.model.merges.map((merge) => (merge as string).split(' '))
    delete json.model.type
    delete json.model.vocab['<|endoftext|>']
    delete json.post_processor
    const tokenizer = tokenizerFromJson(json)
    expect(tokenizer.vocabSize).toBe(262)
    expect(tokenizer.encode('the cat')).toEqual(expected)
  })

  it('ids in another order', () => {
    const json = bpe()
    const before = tokenizerFromJson(bpe())
    for (const [content, id] of Object.entries(json.model.vocab)) json.model.vocab[content] = 261 - (id as number)
    json.added_tokens[0]!.id = 0
    const after = tokenizerFromJson(json)
    expect(after.encode('the cat')).toEqual(before.encode('the cat').map((id) => 261 - id))
    expect(after.decode(after.encode('the cat'))).toBe('the cat')
    expect(after.endId).toBe(0)
  })
})

const cases: [string, AppError['code'], RegExp, (make: { bpe: Draft; chars: Draft }) => unknown][] = [
  ['nothing', 'malformed', /no model/, () => null],
  ['a list', 'malformed', /no model/, () => []],
  ['no model', 'malformed', /no model/, () => ({ version: '1.0' })],
  ['another kind', 'unsupported', /"Unigram"/, () => ({ model: { type: 'Unigram', vocab: [] } })],
  ['no vocabulary', 'malformed', /no vocabulary/, ({ bpe }) => ((bpe.model.vocab = [] as never), bpe)],
  ['an id twice', 'malformed', /id 0 stands for/, ({ bpe }) => ((bpe.model.vocab['a'] = 0), bpe)],
  ['a gap', 'malformed', /no token has id/, ({ bpe }) => ((bpe.model.vocab['zzz'] = 300), bpe)],
  ['a negative id', 'malformed', /no valid id/, ({ bpe }) => ((bpe.model.vocab['a'] = -1), bpe)],
  ['a fraction', 'malformed', /no valid id/, ({ bpe }) => ((bpe.model.vocab['a'] = 1.5), bpe)],
  ['an id as text', 'malformed', /no valid id/, ({ bpe }) => ((bpe.model.vocab['a'] = '1'), bpe)],
  ['a huge id', 'unsupported', /65536/, ({ bpe }) => ((bpe.model.vocab['a'] = 4e9), bpe)],
  ['a byte missing', 'unsupported', /lacks the byte 33/, ({ bpe }) => rename(bpe, '!', 'qq')],
  ['no merges', 'malformed', /list of merges/, ({ bpe }) => ((bpe.model.merges = 'a b' as never), bpe)],
  ['a merge of one', 'malformed', /merge 6/, ({ bpe }) => (bpe.model.merges.push('a'), bpe)],
  ['a merge of three', 'malformed', /merge 6/, ({ bpe }) => (bpe.model.merges.push('a b c'), bpe)],
  ['a merge to nothing', 'malformed', /merge 6, "z z"/, ({ bpe }) => (bpe.model.merges.push('z z'), bpe)],
  ['a merge of objects', 'malformed', /merge 6/, ({ bpe }) => (bpe.model.merges.push([{}, null]), bpe)],
  ['a token of no bytes', 'unsupported', /not made of bytes/, ({ bpe }) => ((bpe.model.vocab['日'] = 262), bpe)],
  [
    'no end token',
    'unsupported',
    /no special token/,
    ({ bpe }) => rename({ ...bpe, added_tokens: [] }, '<|endoftext|>', 'end'),
  ],
  ['added tokens no list', 'malformed', /not a list/, ({ bpe }) => ({ ...bpe, added_tokens: {} })],
  ['an added token without text', 'malformed', /no text/, ({ bpe }) => (bpe.added_tokens.push({ id: 262 }), bpe)],
  [
    'an added token twice',
    'malformed',
    /two ids/,
    ({ bpe }) => (bpe.added_tokens.push({ id: 262, content: '<|endoftext|>' }), bpe),
  ],
  ['an added token that strips', 'unsupported', /blanks/, ({ bpe }) => ((bpe.added_tokens[0]!.lstrip = true), bpe)],
  ['a normalizer', 'unsupported', /changes the text/, ({ bpe }) => ({ ...bpe, normalizer: { type: 'NFC' } })],
  ['other words', 'unsupported', /cut words/, ({ bpe }) => ({ ...bpe, pre_tokenizer: { type: 'Whitespace' } })],
  [
    'own words',
    'unsupported',
    /cut words/,
    ({ bpe }) => ({ ...bpe, pre_tokenizer: { type: 'ByteLevel', use_regex: false } }),
  ],
  [
    'a blank before',
    'unsupported',
    /blank before/,
    ({ bpe }) => ({ ...bpe, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } }),
  ],
  ['dropout', 'unsupported', /random/, ({ bpe }) => ((bpe.model.dropout = 0.1), bpe)],
  ['byte fallback', 'unsupported', /merges alone/, ({ bpe }) => ((bpe.model.byte_fallback = true), bpe)],
  ['word ends marked', 'unsupported', /parts of words/, ({ bpe }) => ((bpe.model.end_of_word_suffix = '</w>'), bpe)],
  ['whole words', 'unsupported', /whole words/, ({ chars }) => ({ ...chars, pre_tokenizer: { type: 'Whitespace' } })],
  ['a word among characters', 'malformed', /"aa" is not one/, ({ chars }) => rename(chars, 'a', 'aa')],
  ['characters out of order', 'malformed', /order/, ({ chars }) => rename(chars, 'a', 'z')],
  ['no unknown', 'unsupported', /<unk>/, ({ chars }) => rename(chars, '<unk>', 'z')],
]

function rename(json: Draft, from: string, to: string): Draft {
  json.model.vocab[to] = json.model.vocab[from]
  delete json.model.vocab[from]
  return json
}

it.each(cases)('%s is refused', (_name, code, message, damage) => {
  const error = refusal(damage({ bpe: bpe(), chars: chars() }))
  expect(error.message).toMatch(message)
  expect(error.code).toBe(code)
})
