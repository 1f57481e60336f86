import { AppError } from '@shared/contract/errors.ts'
import type { StepResult } from '@engine/model/session.ts'

const WINDOW = 10

/**
 * Whether mixed precision skipped a step: its loss is a number, but a gradient was too large at that scale. The next scale is smaller; where
 * there is none, the gradient is too large for 32 bits too.
 */
export const isSkipped = ({ loss, gradNorm, lossScale = 1 }: StepResult) =>
  Number.isFinite(loss) && !Number.isFinite(gradNorm) && lossScale > 1

/**
 * Watches the loss of each step. Throws 'diverged' when it is not a number, or when its mean over ten steps is more than three
 * times what guessing costs (or the first loss, where that is larger): from there training does not come back.
 */
export class DivergenceGuard {
  private readonly recent: number[] = []
  private reference: number

  /** @param choices number of ids or classes a guess chooses from */
  constructor(
    choices: number,
    private readonly learningRate: number,
  ) {
    this.reference = Math.max(Math.log(choices), 0.5)
  }

  check(step: number, { loss, gradNorm }: StepResult): void {
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
      throw this.error(step, `The loss became ${Number.isNaN(loss) ? 'not a number' : 'infinite'} at step ${step}.`)
    }
    if (this.recent.length === 0) this.reference = Math.max(this.reference, loss)
    this.recent.push(loss)
    if (this.recent.length > WINDOW) this.recent.shift()
    const mean = this.recent.reduce((a, b) => a + b, 0) / this.recent.length
    if (this.recent.length === WINDOW && mean > 3 * this.reference) {
      throw this.error(
        step,
        `The loss has grown to ${mean.toFixed(1)}, far above guessing (${this.reference.toFixed(1)}).`,
      )
    }
  }

  private error(step: number, message: string): AppError {
    const suggestion = Number((this.learningRate / 3).toPrecision(2))
    return new AppError({
      code: 'diverged',
      message,
      hint: `The learning rate is too large for this model. Try ${suggestion}, a third of it. Earlier checkpoints are kept.`,
      details: { step, learningRate: this.learningRate, suggestedLearningRate: suggestion },
    })
  }
}
