import type { Case } from '../core/case.ts'
import { shapeName, stepFlops, tokensOf, type StepShape } from '../model/shapes.ts'

/** What every comparison of training steps has in common. */
export function stepCase(
  shape: StepShape,
  given: Pick<Case, 'id' | 'contenders' | 'rounds' | 'warmUp' | 'times'> & Partial<Case> & { where: string },
): Case {
  const { where, ...rest } = given
  return {
    title: `Training step ${where}: ${shapeName(shape)}`,
    budgetS: 120,
    rates: [
      { unit: 'tok/s', work: tokensOf(shape) },
      { unit: 'GFLOP/s', work: stepFlops(shape) / 1e9 },
    ],
    tolerance: 1e-3,
    // Each step's rounding goes into the next: two engines are 1e-7 apart before step 30 of one batch learned by heart, 1e-4 at step 48, 4e-3 at step 72.
    driftsFrom: 50,
    ...rest,
  }
}
