import type { TrainingSettings } from '../contract/schemas.ts'

type Schedule = Pick<TrainingSettings, 'steps' | 'learningRate' | 'minLearningRate' | 'warmupSteps'>

/**
 * Learning rate of optimizer step `step` (1-based): linear warm-up to the peak at step `warmupSteps`, then a half cosine
 * that reaches `minLearningRate` at step `steps`; constant beyond. The shape of nanoGPT's `get_lr`, without its learning rate of 0 at the start.
 */
export function learningRateAt(step: number, s: Schedule): number {
  if (step <= s.warmupSteps) return (s.learningRate * step) / s.warmupSteps
  if (step >= s.steps) return s.warmupSteps >= s.steps ? s.learningRate : s.minLearningRate
  const progress = (step - s.warmupSteps) / (s.steps - s.warmupSteps)
  return s.minLearningRate + 0.5 * (1 + Math.cos(Math.PI * progress)) * (s.learningRate - s.minLearningRate)
}
