import type { Case } from '../core/case.ts'

/** What every matmul comparison has in common. */
export function matmulCase(size: number, given: Pick<Case, 'id' | 'title' | 'contenders' | 'times'>): Case {
  return {
    rounds: 12,
    warmUp: 2,
    budgetS: 60,
    rates: [{ unit: 'GFLOP/s', work: (2 * size ** 3) / 1e9 }],
    tolerance: 1e-3,
    ...given,
  }
}
