import { beforeAll, describe, expect, test } from 'vitest'
import cast from '../../../resources/starter/cast.json'
import facts from '../../../resources/starter/facts.json'
import { createRng } from '../../random/rng.ts'
import { generateStarter } from '../index.ts'
import { plots, tellStory } from './stories.ts'

const irregularPast = new Map(facts.pasts.map(([verb, past]) => [verb!, past!]))
const plural = new Map(facts.plurals.map(([one, many]) => [one!, many!]))
const numbers = 'zero one two three four five six seven eight nine ten'.split(' ')

let stories: string[]
beforeAll(() => {
  stories = [...generateStarter('stories')].map((record) => (record as { text: string }).text)
})

describe('the corpus', () => {
  test('is about 2 MB of stories of 60 to 200 words in several paragraphs', () => {
    const bytes = stories.join('\n\n').length
    expect(bytes).toBeGreaterThan(1.7e6)
    expect(bytes).toBeLessThan(2.3e6)
    const [lengths, paragraphs] = [new Set<number>(), new Set<number>()]
    for (const story of stories) {
      const words = story.split(/\s+/).length
      lengths.add(words)
      paragraphs.add(story.split('\n\n').length)
    }
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(60)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(200)
    expect(Math.min(...paragraphs)).toBeGreaterThanOrEqual(4)
  })

  test('has a small but rich vocabulary', () => {
    const words = new Set(
      stories
        .join(' ')
        .toLowerCase()
        .match(/[a-z']+/g),
    )
    expect(words.size).toBeGreaterThan(1500)
    expect(words.size).toBeLessThan(3000)
  })

  test('has many plots, and no two stories differ in their opening only', () => {
    expect(plots.length).toBeGreaterThanOrEqual(12)
    const body = (story: string) => story.split('\n\n').slice(1).join('\n\n')
    expect(new Set(stories.map(body)).size).toBe(stories.length)
  })
})

/** The first stories that match a pattern of bad writing: none, one hopes. */
const having = (pattern: RegExp) => stories.filter((story) => pattern.test(story)).slice(0, 3)

describe('every story', () => {
  test.each([
    ['a sentence or quotation without a capital letter', /(^|\n)"?[a-z]|[.!?] "?[a-z]|\." [a-z]/],
    // After "!" or "?" within a quotation only its speaker may go on in small letters.
    [
      'a new sentence in small letters',
      /[!?]" (?!said|asked|cried|called|shouted|whispered|wondered|he|she|it|they|the)[a-z]/,
    ],
    ['sentences that run together', /[.!?]"?[A-Z]/],
    ['an end without a full stop', /[^.!?"]$/],
    ['a word twice in a row', /\b([a-z]+) \1\b/],
    ['doubled punctuation', /[,;][.,!?]|[!?][.,]|"[.,!?]/],
    ['two speakers in one breath', /[.!?]" "/],
  ])('is free of %s', (_, pattern) => {
    expect(having(pattern)).toEqual([])
  })

  test('closes each quotation within its paragraph', () => {
    const paragraphs = stories.flatMap((story) => story.split('\n\n'))
    expect(paragraphs.filter((paragraph) => paragraph.split('"').length % 2 === 0)).toEqual([])
  })

  test('uses capital letters in mid-sentence for names only', () => {
    const names = new Set([
      ...[cast.girls, cast.boys, cast.animalGirls, cast.animalBoys, facts.days, facts.months].flat(),
      ...facts.capitals.flat().flatMap((name) => name.split(' ')),
      ...cast.animals.map(({ kind }) => kind.charAt(0).toUpperCase() + kind.slice(1)),
      ...'I Mom Dad Grandma Grandpa Mother Father Aunt Rose Uncle Joe Miss Bell Mr Hill Star Waves Wave'.split(' '),
    ])
    const unknown: string[] = []
    for (const story of stories) {
      for (const [found, word] of story.matchAll(/[a-z,] ([A-Z]\w*)/g)) if (!names.has(word!)) unknown.push(found)
    }
    expect(unknown).toEqual([])
  })

  test('has right sums, plurals, past forms and capitals', () => {
    const capitalOf = new Map(facts.capitals.map(([country, city]) => [country!, city!]))
    let checked = 0
    const check = (pattern: RegExp, right: (...groups: string[]) => boolean) => {
      for (const story of stories) {
        for (const [found, ...groups] of story.matchAll(pattern)) {
          expect(right(...groups), found).toBe(true)
          checked++
        }
      }
    }
    check(/(\d+) (?:\+|plus) (\d+) (?:=|is) (\d+)/g, (a, b, c) => Number(a) + Number(b) === Number(c))
    check(/(\d+) (?:-|minus) (\d+) (?:=|is) (\d+)/g, (a, b, c) => Number(a) - Number(b) === Number(c))
    check(/One (\w+), (?:two|three) (\w+)[,."!]/g, (one, many) => plural.get(one!) === many)
    check(
      /Today I (\w+)[,.]"? said the teacher, "but yesterday I \.\.\.\?"\n\n"Yesterday I (\w+)/g,
      (verb, past) => irregularPast.get(verb!) === past,
    )
    check(/The capital of ([A-Z]\w+) is ([A-Z]\w+(?: [A-Z]\w+)?)/g, (country, city) => capitalOf.get(country!) === city)
    expect(checked).toBeGreaterThan(200)
  })

  test('keeps the count of what was bought and given away', () => {
    const word = numbers.slice(1).join('|')
    const market = stories.filter((story) => story.includes('in the basket.'))
    expect(market.length).toBeGreaterThan(50)
    for (const story of market) {
      const given = [...story.matchAll(new RegExp(`\\b(?:gave (?:him|her|them)|put) (${word}) \\w+`, 'g'))]
      const all = new RegExp(`(?:get|need|me) (${word}) \\w+`).exec(story)!
      const left = new RegExp(`only (${word}) \\w+|there (?:is|are) (${word})`).exec(story)!
      const count = (name?: string) => numbers.indexOf(name!)
      expect(given, story).toHaveLength(2)
      expect(count(all[1]) - given.reduce((sum, [, n]) => sum + count(n), 0), story).toBe(count(left[1] ?? left[2]))
    }
  })
})

test('names and pronouns stay the same through a story', () => {
  // Plots with one child and no friend: only one of "he" and "she" may speak of the child.
  const rng = createRng(5)
  const girls = new Set(cast.girls)
  for (const plot of plots.filter(({ id }) => ['broken', 'chore', 'lost'].includes(id))) {
    for (let i = 0; i < 60; i++) {
      const story = tellStory(plot, rng)
      const name = [...cast.girls, ...cast.boys].filter((one) => new RegExp(`\\b${one}\\b`).test(story))
      expect(name, story).toHaveLength(1)
      const wrong = girls.has(name[0]!) ? /\b(he|him|his|himself)\b/i : /\b(she|her|herself)\b/i
      expect(story).not.toMatch(wrong)
    }
  }
})

test.each(plots.map((plot) => [plot.id, plot] as const))('plot %s tells many different stories', (_, plot) => {
  const rng = createRng(11)
  const told = new Set(Array.from({ length: 40 }, () => tellStory(plot, rng)))
  expect(told.size).toBe(40)
})
