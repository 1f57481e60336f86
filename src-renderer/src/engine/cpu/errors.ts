import { AppError } from '@shared/contract/errors.ts'

export const outOfMemory = (bytes: number) =>
  new AppError({
    code: 'out_of_memory',
    message: `The processor's kernels have not enough memory: ${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB more were asked for, and all together may take 4 GiB.`,
    hint: 'Choose a smaller batch, a shorter context or a smaller model, or close other programs.',
  })

/** @throws AppError 'unsupported' */
export function noFloat16(): never {
  throw new AppError({
    code: 'unsupported',
    message: 'The processor computes in 32-bit floats only.',
    hint: 'Train with precision f32, or on a graphics card with 16-bit floats.',
  })
}

export const threadsLost = (reason: string) =>
  new AppError({
    code: 'gpu_lost',
    message: 'The threads that compute on the processor ended.',
    hint: 'Training can go on from the last checkpoint.',
    details: { reason },
  })
