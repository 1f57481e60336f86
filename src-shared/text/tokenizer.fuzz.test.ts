import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../contract/errors.ts'
import { BpeTrainer } from './bpe/train.ts'
import { CharTrainer } from './char.ts'
import { tokenizerFromJson, tokenizerToJson } from './tokenizer.ts'

const bytesArb = fc.uint8Array({ maxLength: 400 })
const textArb = fc.string({ unit: 'binary', maxLength: 200 })
/** Few letters, so that there is much to merge, and sizes on both sides of the change of method. */
const runsArb = fc.string({ unit: fc.constantFrom('a', 'b', 'ab', ' '), maxLength: 500 })

const trained = (bytes: Uint8Array, vocabSize: number) => {
  const trainer = new BpeTrainer()
  trainer.add(bytes)
  return trainer.train({ vocabSize })
}

it('a trained BPE writes back any bytes, those it was trained on and others', () => {
  fc.assert(
    fc.property(bytesArb, bytesArb, fc.integer({ min: 257, max: 400 }), (seen, other, vocabSize) => {
      const tokenizer = trained(seen, vocabSize)
      for (const bytes of [seen, other]) {
        expect(tokenizer.decodeBytes(tokenizer.encodeBytes(bytes))).toEqual(bytes)
        // Twice: the second time from the cache.
        expect(tokenizer.decodeBytes(tokenizer.encodeBytes(bytes))).toEqual(bytes)
      }
    }),
  )
})

it('a stream of tokens gives the text that decoding at once gives', () => {
  fc.assert(
    fc.property(textArb, bytesArb, (text, bytes) => {
      const tokenizer = trained(Buffer.from(text), 300)
      for (const ids of [tokenizer.encode(text), [...tokenizer.encodeBytes(bytes)]]) {
        const stream = tokenizer.streamDecoder()
        expect(ids.map((id) => stream.push(id)).join('') + stream.flush()).toBe(tokenizer.decode(ids))
      }
    }),
  )
})

it('long words get the ids that merging one pair at a time over the whole list gives', () => {
  fc.assert(
    fc.property(runsArb, runsArb, (seen, word) => {
      const tokenizer = trained(Buffer.from(seen), 300)
      const { left, right, result } = tokenizer.vocabulary
      const text = word.replaceAll(' ', '')
      let ids = [...Buffer.from(text)].map((byte) => tokenizer.vocabulary.idOfByte[byte]!)
      left.forEach((a, rank) => {
        const merged: number[] = []
        for (let i = 0; i < ids.length; i++) {
          const joins = ids[i] === a && ids[i + 1] === right[rank]
          merged.push(joins ? result[rank]! : ids[i]!)
          if (joins) i++
        }
        ids = merged
      })
      expect(tokenizer.encode(text)).toEqual(ids)
    }),
  )
})

it('a character tokenizer writes back the text it was made from', () => {
  fc.assert(
    fc.property(textArb, (text) => {
      const trainer = new CharTrainer()
      trainer.add(Buffer.from(text))
      const tokenizer = trainer.train()
      const wellFormed = Buffer.from(text).toString()
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(wellFormed)
      expect(tokenizer.encode(wellFormed)).toEqual(Array.from(tokenizer.encodeBytes(Buffer.from(text))))
    }),
  )
})

it('any JSON is either a tokenizer or refused with a plain error', () => {
  const sound = JSON.parse(JSON.stringify(tokenizerToJson(trained(Buffer.from('aa bb aa bb'), 259)))) as object
  const damageArb = fc.record(
    {
      model: fc.oneof(
        fc.jsonValue(),
        fc.record({ type: fc.constant('BPE'), vocab: fc.jsonValue(), merges: fc.jsonValue() }),
      ),
      added_tokens: fc.jsonValue(),
      pre_tokenizer: fc.jsonValue(),
      normalizer: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        damageArb.map((damage) => ({ ...sound, ...damage })),
      ),
      (json) => {
        try {
          tokenizerFromJson(json)
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      },
    ),
  )
})
