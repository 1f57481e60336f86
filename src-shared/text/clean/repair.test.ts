import { expect, it } from 'vitest'
import { labelVariants } from './label-variants.ts'
import { repairJson } from './repair-json.ts'

const mended = (text: string): unknown => {
  const made = repairJson(text)
  return made === null ? null : JSON.parse(made.text)
}

it('mends what has one reading', () => {
  expect(mended('{"a": "x", "b": [1, 2,],}')).toEqual({ a: 'x', b: [1, 2] })
  expect(mended("{'a': 'it''s'}")).toEqual({ a: "it''s" })
  expect(mended("{'a': 'it's \"so\"', 'b': None}")).toEqual({ a: 'it\'s "so"', b: null })
  expect(mended("{'a': 'it\\'s'}")).toEqual({ a: "it's" })
  expect(mended('{a: "x", $b: True}')).toEqual({ a: 'x', $b: true })
  expect(mended('\ufeff{"a": "x"}')).toEqual({ a: 'x' })
  expect(mended('{"a": \u0001"x\u0002\ty"}')).toEqual({ a: 'x\ty' })
  expect(mended('{"score": NaN, "text": "NaN, really"}')).toEqual({ score: null, text: 'NaN, really' })
})

it('says what it did', () => {
  expect(repairJson("{'a': 'x',}")?.how).toEqual(['single quotes', 'a comma too many'])
})

it('does not touch what is right, cut off, or no object', () => {
  expect(repairJson('{"a": "x"}')).toBeNull()
  expect(repairJson('{"a": "x')).toBeNull()
  expect(repairJson('{"a": "x"')).toBeNull()
  expect(repairJson('["a",]')).toBeNull()
  expect(repairJson('{"a" "x",}')).toBeNull()
  expect(repairJson('')).toBeNull()
})

it('takes linear time on many quotation marks and commas', () => {
  const started = performance.now()
  expect(repairJson("'".repeat(200_000))).toBeNull()
  expect(repairJson(`{"a": "${','.repeat(200_000)}`)).toBeNull()
  expect(performance.now() - started).toBeLessThan(3000)
})

it('joins labels that differ in case and spaces under the most frequent spelling', () => {
  const counts = new Map([
    ['ham', 10],
    ['Spam', 2],
    ['spam', 7],
    ['SPAM', 1],
    ['not  sure', 1],
    ['Not sure', 1],
  ])
  expect(labelVariants(counts)).toEqual([
    { keep: 'spam', others: ['Spam', 'SPAM'], texts: 3 },
    { keep: 'Not sure', others: ['not  sure'], texts: 1 },
  ])
})
