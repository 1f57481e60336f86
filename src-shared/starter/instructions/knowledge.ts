import facts from '../../../resources/starter/facts.json'
import phrasings from '../../../resources/starter/phrasings.json'
import { article } from '../english.ts'
import { type Fact, type Task, wordFacts } from './task.ts'

const capitals = facts.capitals.slice(0, 16)

/** Closed sets of facts: few enough that a small model meets each of them often. */
export const knowledgeTasks: readonly Task[] = [
  {
    facts: wordFacts(
      facts.opposites.slice(0, 30).flatMap(([a, b]) => [
        [a!, b!],
        [b!, a!],
      ]),
    ),
    phrasings: phrasings.opposite,
    times: 6,
  },
  { facts: wordFacts(facts.plurals.filter((_, i) => i % 2 === 0)), phrasings: phrasings.plural, times: 6 },
  { facts: wordFacts(facts.pasts.slice(0, 35)), phrasings: phrasings.past, times: 6 },
  {
    facts: capitals.map(([country, city]) => ({ vars: { country: country! }, output: city! })),
    phrasings: phrasings.capital,
    times: 6,
  },
  {
    facts: capitals.map(([country, city]) => ({ vars: { city: city! }, output: country! })),
    phrasings: phrasings.country,
    times: 4,
  },
  {
    facts: Object.entries(facts.categories).flatMap(([group, words]) =>
      words.slice(0, 6).map((word) => ({ vars: { word }, output: `${article(group)} ${group}` })),
    ),
    phrasings: phrasings.category,
    times: 4,
  },
  { facts: neighbours(facts.days, 1), phrasings: phrasings.nextDay, times: 5 },
  { facts: neighbours(facts.days, -1), phrasings: phrasings.previousDay, times: 5 },
  { facts: neighbours(facts.months, 1), phrasings: phrasings.nextMonth, times: 4 },
  { facts: neighbours(facts.months, -1), phrasings: phrasings.previousMonth, times: 4 },
  {
    facts: facts.colors.map(([thing, color]) => ({ vars: { thing: thing! }, output: color! })),
    phrasings: phrasings.color,
    times: 4,
  },
  { facts: wordFacts(facts.sounds), phrasings: phrasings.sound, times: 4 },
  { facts: wordFacts(facts.babies), phrasings: phrasings.baby, times: 4 },
]

/** The next (or previous) name of a cycle. */
function neighbours(cycle: readonly string[], step: 1 | -1): Fact[] {
  return cycle.map((word, i) => ({ vars: { word }, output: cycle[(i + step + cycle.length) % cycle.length]! }))
}
