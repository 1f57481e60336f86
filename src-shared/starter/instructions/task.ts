import type { Rng } from '../../random/rng.ts'
import { fixArticles } from '../english.ts'
import { capitalise, expand, type Vars } from '../template.ts'

export type InstructionPair = { instruction: string; input: string; output: string }

/** One thing to know: the values of the slots and the answer. */
export type Fact = { vars: Vars; output: string }

/** A kind of question: its facts, each asked in `times` of the phrasings ([instruction, input] templates). */
export type Task = { facts: readonly Fact[]; phrasings: readonly (readonly string[])[]; times: number }

/** The pairs of a task. Different facts are asked in different phrasings, so that a held-out pair combines seen ones. */
export function* pairsOf(task: Task, rng: Rng): Generator<InstructionPair> {
  for (const { vars, output } of task.facts) {
    const phrasings = rng.shuffle([...task.phrasings]).slice(0, task.times)
    for (const [instruction, input] of phrasings) {
      yield {
        instruction: capitalise(fixArticles(expand(instruction!, vars, rng))),
        input: fixArticles(expand(input!, vars, rng)),
        output,
      }
    }
  }
}

/** Facts of a table of [word, answer]. */
export function wordFacts(table: readonly (readonly string[])[]): Fact[] {
  return table.map(([word, output]) => ({ vars: { word: word! }, output: output! }))
}

/** `count` different draws of `draw`, told apart by their variables. */
export function drawFacts(count: number, draw: () => Fact): Fact[] {
  const facts = new Map<string, Fact>()
  while (facts.size < count) {
    const fact = draw()
    facts.set(Object.values(fact.vars).join('\n'), fact)
  }
  return [...facts.values()]
}

/** `count` different elements in random order. */
export function sample<T>(xs: readonly T[], count: number, rng: Rng): T[] {
  return rng.shuffle([...xs]).slice(0, count)
}
