import phrasings from '../../../resources/starter/phrasings.json'
import type { Fact, Task } from './task.ts'

/** Largest number that is added or taken away. */
const LARGEST = 5
const to = (n: number) => Array.from({ length: n + 1 }, (_, i) => i)

/** Sums and differences of the numbers from 0 to 5: few enough to be learned by heart. */
export const numberTasks: readonly Task[] = [
  {
    facts: to(LARGEST).flatMap((a) => to(LARGEST).map((b) => numbersFact(a, b, a + b))),
    phrasings: phrasings.add,
    times: 5,
  },
  {
    facts: to(LARGEST).flatMap((a) => to(a).map((b) => numbersFact(a, b, a - b))),
    phrasings: phrasings.subtract,
    times: 4,
  },
]

function numbersFact(a: number, b: number, result: number): Fact {
  return { vars: { a: `${a}`, b: `${b}` }, output: `${result}` }
}
