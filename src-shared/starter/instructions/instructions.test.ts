import { expect, test } from 'vitest'
import facts from '../../../resources/starter/facts.json'
import smallTalk from '../../../resources/starter/small-talk.json'
import { createRng } from '../../random/rng.ts'
import { generateInstructions } from './instructions.ts'

const pairs = [...generateInstructions(createRng(2))]

test('is about 2 200 short pairs', () => {
  expect(pairs.length).toBeGreaterThan(2000)
  expect(pairs.length).toBeLessThan(2400)
  for (const { instruction, input, output } of pairs) {
    expect(output).not.toBe('')
    expect(instruction).toMatch(/^[A-Z]/)
    expect(instruction.length + input.length + output.length).toBeLessThan(240)
  }
})

test('every answer is right by an independent check', () => {
  for (const { instruction, input, output } of pairs) {
    const check = checks.find(({ asks }) => asks.test(instruction))
    expect(check, `${instruction} | ${input}`).toBeDefined()
    expect(
      check!.right(`${instruction} ${input}`, input, output, instruction),
      `${instruction} | ${input} > ${output}`,
    ).toBe(true)
  }
})

test('the check refuses wrong answers', () => {
  for (const { instruction, input, output } of pairs) {
    const check = checks.find(({ asks }) => asks.test(instruction))!
    expect(check.right(`${instruction} ${input}`, input, `${output}x`, instruction), instruction).toBe(false)
  }
})

test('every closed fact is asked in several phrasings, so a held-out one was seen in others', () => {
  const asked = (subject: string, output: string) =>
    pairs.filter(
      (pair) => pair.output === output && new RegExp(`\\b${subject}\\b`, 'i').test(`${pair.instruction} ${pair.input}`),
    )
  const known = [...facts.opposites, ...facts.plurals, ...facts.pasts, ...facts.capitals].filter(
    ([a, b]) => asked(a!, b!).length > 0,
  )
  expect(known.length).toBeGreaterThan(100)
  for (const [a, b] of known) expect(asked(a!, b!).length, a).toBeGreaterThanOrEqual(4)
})

test('an instruction with its input has one answer only, also up to capital letters', () => {
  const answers = new Map<string, string>()
  for (const { instruction, input, output } of pairs) {
    const key = `${instruction} ${input}`.toLowerCase()
    // Changing the case of a word is the one task where capitals matter.
    if (/letters|case/.test(key)) continue
    expect(answers.get(key) ?? output, key).toBe(output)
    answers.set(key, output)
  }
})

type Check = {
  asks: RegExp
  right: (whole: string, input: string, output: string, instruction: string) => boolean
}

const VOWELS = /[aeiou]/
const integers = (text: string) => text.match(/\d+/g)!.map(Number)
const lastWord = (text: string) => /([\w ]+?)[.?]?$/.exec(text.trim())![1]!.split(' ').at(-1)!
const table = (pairs: readonly (readonly string[])[]) => new Set(pairs.map((pair) => pair.join('>')))
const groupOf = (word: string) => Object.entries(facts.categories).find(([, words]) => words.includes(word))?.[0]
const long = (locale: Intl.DateTimeFormatOptions, count: number, date: (i: number) => Date) =>
  Array.from({ length: count }, (_, i) =>
    new Intl.DateTimeFormat('en-US', { ...locale, timeZone: 'UTC' }).format(date(i)),
  )
// 1 January 2024 was a Monday.
const cycles = [
  long({ weekday: 'long' }, 7, (i) => new Date(Date.UTC(2024, 0, 1 + i))),
  long({ month: 'long' }, 12, (i) => new Date(Date.UTC(2024, i, 1))),
]

const IRREGULAR_PLURALS = table(
  'mouse mice,goose geese,tooth teeth,foot feet,child children,man men,woman women,sheep sheep,deer deer,fish fish,ox oxen,hero heroes,potato potatoes,tomato tomatoes'
    .split(',')
    .map((pair) => pair.split(' ')),
)
const IRREGULAR_PASTS = table(
  (
    'go went,see saw,find found,run ran,come came,eat ate,give gave,take took,make made,say said,think thought,bring brought,buy bought,catch caught,teach taught,fly flew,grow grew,know knew,throw threw,blow blew,draw drew,sing sang,swim swam,begin began,drink drank,ring rang,sit sat,fall fell,feel felt,sleep slept,' +
    'keep kept,leave left,lose lost,tell told,sell sold,hold held,stand stood,write wrote,ride rode,break broke,wake woke,speak spoke,build built,send sent,hide hid,dig dug,win won,get got,forget forgot,meet met'
  )
    .split(',')
    .map((pair) => pair.split(' ')),
)

function pluralOf(word: string): string {
  const irregular = [...IRREGULAR_PLURALS].find((pair) => pair.startsWith(`${word}>`))
  if (irregular) return irregular.split('>')[1]!
  if (/(s|x|ch|sh)$/.test(word)) return `${word}es`
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies')
  if (/(lea|wol|kni|shel|loa|cal|hal|li|thie)fe?$/.test(word)) return word.replace(/fe?$/, 'ves')
  return `${word}s`
}

function pastOf(verb: string): string {
  const irregular = [...IRREGULAR_PASTS].find((pair) => pair.startsWith(`${verb}>`))
  if (irregular) return irregular.split('>')[1]!
  if (/^(stop|clap)$/.test(verb)) return `${verb}${verb.at(-1)}ed`
  if (/[^aeiou]y$/.test(verb)) return verb.replace(/y$/, 'ied')
  return verb.endsWith('e') ? `${verb}d` : `${verb}ed`
}

function neighbour(step: number): Check['right'] {
  return (whole, _, output) => {
    const cycle = cycles.find((names) => names.some((name) => whole.includes(name)))!
    const at = cycle.findIndex((name) => new RegExp(`\\b${name}\\b`).test(whole))
    return output === cycle[(at + step + cycle.length) % cycle.length]
  }
}

/** The word asked about: the input, or the one word of the instruction that the pair of tables knows. */
function inTable(pairs: readonly (readonly string[])[]): Check['right'] {
  return (whole, input, output) =>
    pairs.some(([a, b]) => (input ? input === a : new RegExp(`\\b${a}\\b`, 'i').test(whole)) && b === output)
}

const both = facts.opposites.flatMap(([a, b]) => [
  [a!, b!],
  [b!, a!],
])
const subject = (pattern: RegExp, input: string, instruction: string) => input || pattern.exec(instruction)![1]!

const checks: readonly Check[] = [
  {
    asks: new RegExp(`^(${smallTalk.map(([text]) => text!.replace(/[.?!]/g, '\\$&')).join('|')})$`),
    right: (_, __, output, instruction) => smallTalk.some(([text, reply]) => text === instruction && reply === output),
  },
  { asks: /opposite/, right: inTable(both) },
  {
    asks: /plural|two what|more than one/i,
    right: (_, input, output, instruction) =>
      output === pluralOf(subject(/(?:of|One|one) (\w+)[?.,]/, input, instruction)),
  },
  {
    asks: /past tense|Yesterday I what/,
    right: (_, input, output, instruction) =>
      output === pastOf(subject(/(?:of|verb|Today I) (?!the)(\w+)[?.]/, input, instruction)),
  },
  {
    asks: /How much is|plus|minus|^Add|What is \d/,
    right: (whole, _, output) => {
      const [a, b] = integers(whole) as [number, number]
      return Number(output) === (/ - |minus/.test(whole) ? a - b : a + b)
    },
  },
  { asks: /country/, right: inTable(facts.capitals.map(([a, b]) => [b!, a!])) },
  { asks: /[Cc]apital of|the capital\.$/, right: inTable(facts.capitals) },
  {
    asks: /kind of|Which group/,
    right: (_, input, output, instruction) => {
      const word = subject(/(?:is|the word) ([a-z ]+)[?.]/, input, instruction)
      return output.replace(/^an? /, '') === groupOf(word)
    },
  },
  {
    asks: /day (comes )?(after|next)|next day|tomorrow|month (comes )?(after|next)|next month|that comes after|What (day|month) comes next/,
    right: neighbour(1),
  },
  { asks: /before|yesterday/, right: neighbour(-1) },
  {
    asks: /color/,
    right: (whole, input, output) =>
      /Who|Where|What did/.test(whole)
        ? false
        : input.includes('.')
          ? storyAnswer(whole, input, output)
          : inTable(facts.colors)(whole, input, output, ''),
  },
  { asks: /sound|What does a/i, right: inTable(facts.sounds) },
  { asks: /baby|young/, right: inTable(facts.babies) },
  {
    asks: /letter/,
    right: (_, input, output, instruction) => {
      const word = subject(/(?:of|does) (\w+)/, input, instruction)
      return output === word[0]
    },
  },
  {
    asks: /negative|not so|word not/,
    right: (_, input, output) => / (is|was) not /.test(output) && output.replace(' not ', ' ') === input,
  },
  { asks: /Who|Where|What did|How did/, right: (whole, input, output) => storyAnswer(whole, input, output) },
]

/** Answers a question about one or two simple sentences by reading them. */
function storyAnswer(whole: string, story: string, output: string): boolean {
  const question = /(?:Who|Where|What|How) [^?]*\?/.exec(whole)![0]
  const place = /(?:in|under|by|on|at|behind|near) (?:the|a) \w+/.exec(story)?.[0]
  const ends = story.replace(/\.$/, '')
  if (question.startsWith('Where')) return output === place && ends.endsWith(place!)
  const owner = /^What did (\w+) have/.exec(question)
  if (owner) return story.includes(`${owner[1]} had ${output}.`)
  if (question.startsWith('What color')) return story.includes(` ${output} ${lastWord(question)}.`)
  if (question.startsWith('What did')) return story.includes(` ${output} ${place}.`) && /^an? \w+$/.test(output)
  const feeling = /^How did (\w+) feel/.exec(question)
  if (feeling) return new RegExp(`\\b${feeling[1]} was ${output}[,.]`).test(story)
  const [, verb, rest] = /^Who (\w+) (?:the )?(\w+)\?/.exec(question)!
  return new RegExp(`\\b${output} ${verb} (an? )?(\\w+ )?${rest}\\b`).test(story) && VOWELS.test(output.toLowerCase())
}
