import { expect, it } from 'vitest'
import { BpeTrainer } from '@shared/text/bpe/train.ts'
import { mergeTable, nextChange, previousChange, replayAt, replaySteps } from './mergeReplay.ts'

const SOURCE = 'the cat and the hat and the mat; that cat sat there, 中文 中文 naïve naïve'.repeat(3)
const tokenizer = (() => {
  const trainer = new BpeTrainer()
  trainer.add(new TextEncoder().encode(SOURCE))
  return trainer.train({ vocabSize: 300 })
})()
const table = mergeTable(tokenizer.vocabulary)
const TEXT = 'that cat there 中 naïve'

it('ends where the tokenizer ends, and begins with single bytes', () => {
  expect(replayAt(table, TEXT, tokenizer.merges).ids).toEqual(tokenizer.encode(TEXT))
  const start = replayAt(table, TEXT, 0)
  expect(start.ids).toHaveLength(new TextEncoder().encode(TEXT).length)
  expect(start.newest).toBeNull()
})

it('after k merges it is the tokenizer that was trained to k merges', () => {
  for (const merges of [1, 5, 17, 30]) {
    const trainer = new BpeTrainer()
    trainer.add(new TextEncoder().encode(SOURCE))
    const smaller = trainer.train({ vocabSize: 257 + merges })
    expect(replayAt(table, TEXT, merges).ids).toEqual(smaller.encode(TEXT))
  }
})

it('names exactly the merges that change the text', () => {
  const steps = replaySteps(table, TEXT)
  const changing = Array.from({ length: tokenizer.merges }, (_, rank) => rank).filter(
    (rank) => replayAt(table, TEXT, rank).ids.join() !== replayAt(table, TEXT, rank + 1).ids.join(),
  )
  expect(steps).toEqual(changing)
  expect(steps.length).toBeGreaterThan(3)
  const last = steps.at(-1)! + 1
  expect(replayAt(table, TEXT, last).ids).toContain(replayAt(table, TEXT, last).newest)
})

it('steps from change to change', () => {
  const steps = [2, 5, 9]
  expect([0, 3, 4, 9, 10].map((at) => nextChange(steps, at, 40))).toEqual([3, 6, 6, 10, 40])
  expect([40, 10, 6, 4, 3, 0].map((at) => previousChange(steps, at))).toEqual([10, 6, 3, 3, 0, 0])
})
