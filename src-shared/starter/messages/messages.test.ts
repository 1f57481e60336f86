import { expect, test } from 'vitest'
import { createRng } from '../../random/rng.ts'
import { generateMessages } from './messages.ts'

const messages = [...generateMessages(createRng(3))]

test('has three classes of 40, 35 and 25 %', () => {
  const share = (label: string) => messages.filter((message) => message.label === label).length / messages.length
  expect(share('order')).toBeCloseTo(0.4, 2)
  expect(share('question')).toBeCloseTo(0.35, 2)
  expect(share('complaint')).toBeCloseTo(0.25, 2)
})

test('messages are short and written like sentences', () => {
  for (const { text } of messages) {
    expect(text.length).toBeLessThan(260)
    expect(text.split(' ').length).toBeGreaterThanOrEqual(4)
    expect(text).not.toMatch(/^[a-z]|[.!?] [a-z]|\n/)
  }
})

test('the classes share their words, and a bag of words still tells most of them apart', () => {
  const cut = messages.length * 0.7
  const classify = naiveBayes(messages.slice(0, cut))
  const held = messages.slice(cut)
  const accuracy = held.filter(({ text, label }) => classify(text) === label).length / held.length
  expect(accuracy).toBeGreaterThan(0.85)
  expect(accuracy).toBeLessThan(0.995)
})

test('no single word gives a class away', () => {
  // A word that occurs in more than half of one class occurs in the others, too.
  for (const label of ['order', 'question', 'complaint']) {
    const mine = messages.filter((message) => message.label === label)
    const others = messages.filter((message) => message.label !== label)
    const has = (word: string) => (message: { text: string }) =>
      message.text
        .toLowerCase()
        .split(/[^a-z]+/)
        .includes(word)
    const words = new Set(mine.flatMap(({ text }) => text.toLowerCase().split(/[^a-z]+/)))
    for (const word of words) {
      if (mine.filter(has(word)).length > mine.length / 2) expect(others.some(has(word)), word).toBe(true)
    }
  }
})

/** Multinomial naive Bayes over words, with add-one smoothing. */
function naiveBayes(training: readonly { text: string; label: string }[]): (text: string) => string {
  const tokens = (text: string) => text.toLowerCase().match(/[a-z]+|[?!]/g) ?? []
  const vocabulary = new Set(training.flatMap(({ text }) => tokens(text)))
  const labels = new Set(training.map(({ label }) => label))
  const models = [...labels].map((label) => {
    const texts = training.filter((message) => message.label === label)
    const words = texts.flatMap(({ text }) => tokens(text))
    const counts = new Map<string, number>()
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    const logProbability = (word: string) => Math.log(((counts.get(word) ?? 0) + 1) / (words.length + vocabulary.size))
    return { label, prior: Math.log(texts.length / training.length), logProbability }
  })
  return (text) => {
    const scored = models.map(({ label, prior, logProbability }) => ({
      label,
      score: tokens(text).reduce((sum, word) => sum + logProbability(word), prior),
    }))
    return scored.reduce((best, one) => (one.score > best.score ? one : best)).label
  }
}
