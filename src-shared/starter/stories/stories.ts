import cast from '../../../resources/starter/cast.json'
import type { Rng } from '../../random/rng.ts'
import { tidy } from '../english.ts'
import { expand, type Vars } from '../template.ts'
import { drawCast } from './cast.ts'
import { phrases } from './phrases.ts'
import { forestPlots } from './plots/forest.ts'
import { friendPlots } from './plots/friends.ts'
import { growingPlots } from './plots/growing.ts'
import { homePlots } from './plots/home.ts'
import { learningPlots } from './plots/learning.ts'
import type { Plot } from './plots/plot.ts'

export const plots: readonly Plot[] = [...homePlots, ...forestPlots, ...friendPlots, ...growingPlots, ...learningPlots]

/** Yields `count` different stories; every plot comes up equally often, in a new order each round. */
export function* generateStories(rng: Rng, count: number): Generator<{ text: string }> {
  const seen = new Set<string>()
  let round: Plot[] = []
  while (seen.size < count) {
    if (round.length === 0) round = rng.shuffle([...plots])
    const text = tellStory(round.pop()!, rng)
    if (seen.has(text) || !fits(text)) continue
    seen.add(text)
    yield { text }
  }
}

/** 60 to 200 words: short enough that a small model sees a whole story in its context. */
function fits(text: string): boolean {
  const words = text.split(/\s+/).length
  return words >= 60 && words <= 200
}

/** One story of the given plot: paragraphs separated by a blank line. */
export function tellStory(plot: Plot, rng: Rng): string {
  const people = drawCast(rng.pick(plot.heroes), plot.traits ?? cast.traits, rng)
  const scenario = plot.scenarios ? rng.pick(fitting(plot.scenarios, people)) : {}
  return tidy(expand(plot.text, { ...phrases, ...people, ...scenario, ...plot.vars?.(rng) }, rng))
}

/** Scenarios without an animal of the same kind as one of the characters: two foxes would be hard to tell apart. */
function fitting(scenarios: readonly Vars[], people: Vars): readonly Vars[] {
  if (!people.animal) return scenarios
  const kinds = new RegExp(`\\b(${people['hero.kind']}|${people['f.kind']}|${people['third.kind']})\\b`)
  return scenarios.filter((scenario) => !Object.values(scenario).some((value) => kinds.test(value)))
}
