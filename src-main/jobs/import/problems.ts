import { LIMITS } from '@shared/contract/limits.ts'
import type { Problem } from '@shared/contract/schemas.ts'

/** Rows that could not be used: all counted, the first ones kept. */
export class Problems {
  total = 0
  readonly kept: Problem[] = []

  add(problem: Problem): void {
    this.total++
    if (this.kept.length < LIMITS.problemsKept) this.kept.push(problem)
  }
}
