import facts from '../../../resources/starter/facts.json'
import little from '../../../resources/starter/little-stories.json'
import phrasings from '../../../resources/starter/phrasings.json'
import type { Rng } from '../../random/rng.ts'
import { drawFacts, type Fact, sample, type Task } from './task.ts'

const GROUPS = ['animal', 'food', 'color', 'piece of clothing'] as const

/** Tasks about words and lists of words. */
export function wordTasks(rng: Rng): Task[] {
  const perWord = (output: (word: string) => string): Fact[] =>
    little.words.map((word) => ({ vars: { word, upper: word.toUpperCase() }, output: output(word) }))
  const lists = (count: number, shortest: number, longest: number, output: (words: string[]) => string): Fact[] =>
    drawFacts(count, () => {
      const words = sample(little.words, shortest + rng.int(longest - shortest + 1), rng)
      return { vars: { list: words.join(', ') }, output: output(words) }
    })
  return [
    { facts: perWord((word) => word.toUpperCase()), phrasings: phrasings.upper, times: 2 },
    { facts: perWord((word) => word), phrasings: phrasings.lower, times: 2 },
    { facts: perWord((word) => word[0]!), phrasings: phrasings.firstLetter, times: 2 },
    { facts: perWord((word) => word.at(-1)!), phrasings: phrasings.lastLetter, times: 2 },
    { facts: lists(130, 3, 4, (words) => words[0]!), phrasings: phrasings.firstWord, times: 1 },
    { facts: lists(130, 3, 4, (words) => words.at(-1)!), phrasings: phrasings.lastWord, times: 1 },
    { facts: lists(200, 2, 6, (words) => `${words.length}`), phrasings: phrasings.count, times: 1 },
    { facts: lists(160, 3, 3, (words) => words.toSorted().join(', ')), phrasings: phrasings.sortWords, times: 1 },
    { facts: drawFacts(160, () => oddOne(rng)), phrasings: phrasings.oddOne, times: 1 },
  ]
}

function oddOne(rng: Rng): Fact {
  const [group, other] = sample(GROUPS, 2, rng)
  const odd = rng.pick(facts.categories[other!])
  const words = rng.shuffle([...sample(facts.categories[group!], 3, rng), odd])
  return { vars: { list: words.join(', ') }, output: odd }
}
