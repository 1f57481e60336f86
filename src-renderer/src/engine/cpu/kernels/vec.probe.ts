// An entry of its own, for ../vec.test.ts alone: what vec.ts computes, over ranges of memory.
import { exp4, tanh4 } from './vec'

/** x = e^x for `count` numbers, a multiple of 4. */
export function expRange(x: usize, count: i32): void {
  for (const end = x + (<usize>count << 2); x < end; x += 16) v128.store(x, exp4(v128.load(x)))
}

/** x = tanh x for `count` numbers, a multiple of 4. */
export function tanhRange(x: usize, count: i32): void {
  for (const end = x + (<usize>count << 2); x < end; x += 16) v128.store(x, tanh4(v128.load(x)))
}
