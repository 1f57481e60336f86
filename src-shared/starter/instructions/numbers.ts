import phrasings from '../../../resources/starter/phrasings.json'
import type { Rng } from '../../random/rng.ts'
import { drawFacts, type Fact, sample, type Task } from './task.ts'

const LARGEST = 10
const to = (n: number) => Array.from({ length: n + 1 }, (_, i) => i)

/** Sums and differences of the numbers 0 .. 10, and sorting of numbers below 20. */
export function numberTasks(rng: Rng): Task[] {
  return [
    {
      facts: to(LARGEST).flatMap((a) => to(LARGEST).map((b) => numbersFact(a, b, a + b))),
      phrasings: phrasings.add,
      times: 3,
    },
    {
      facts: to(LARGEST).flatMap((a) => to(a).map((b) => numbersFact(a, b, a - b))),
      phrasings: phrasings.subtract,
      times: 3,
    },
    {
      facts: drawFacts(220, () => {
        const numbers = sample(to(20), 3, rng)
        return { vars: { list: numbers.join(', ') }, output: numbers.toSorted((a, b) => a - b).join(', ') }
      }),
      phrasings: phrasings.sortNumbers,
      times: 1,
    },
  ]
}

function numbersFact(a: number, b: number, result: number): Fact {
  return { vars: { a: `${a}`, b: `${b}` }, output: `${result}` }
}
