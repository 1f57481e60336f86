import { AppError } from '@shared/contract/errors.ts'
import type { TensorSpec } from '@shared/model/layout.ts'
import type { Backend, Program, Tensors } from '../backend.ts'
import type { LossScale } from './session.ts'

/** What mixed precision starts with (Micikevicius et al. 2018), and after how many clean steps the scale doubles. */
export const FIRST_SCALE: LossScale = { scale: 2 ** 12, cleanSteps: 0, skipped: 0 }
export const GROW_AFTER = 2000

/** @throws AppError 'unsupported' where the device has no 16-bit floats */
export function checkMixed({ info }: Backend): void {
  if (info.f16) return
  throw new AppError({
    code: 'unsupported',
    message:
      info.kind === 'cpu'
        ? 'Mixed precision needs a graphics card: the processor computes in 32-bit floats only.'
        : `Mixed precision needs 16-bit floats, which ${info.adapter} does not offer to WebGPU.`,
    hint: 'Train with 32-bit floats instead (precision f32).',
  })
}

/** The same parameters in 16 bits. */
export const inHalf = (specs: readonly TensorSpec[]) => specs.map((spec) => ({ ...spec, dtype: 'f16' as const }))

/** Makes the 16-bit shadow of every parameter. */
export function recordShadow(
  backend: Backend,
  params: Tensors,
  shadow: Tensors,
  specs: readonly TensorSpec[],
): Promise<Program> {
  return backend.record('shadow', (ops) => {
    for (const { name } of specs) {
      const x = params.get(name)
      ops.cast({ x, out: shadow.get(name), length: x.length })
    }
  })
}

/** As the device keeps it. */
export const scaleToNumbers = ({ scale, cleanSteps, skipped }: LossScale) => Float32Array.of(scale, cleanSteps, skipped)

export function scaleOfNumbers(state: Float32Array): LossScale {
  const [scale, cleanSteps, skipped] = state as unknown as [number, number, number]
  return { scale, cleanSteps, skipped }
}
