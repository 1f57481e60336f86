import { AppError } from '@shared/contract/errors.ts'
import type { LostInfo } from '../backend.ts'

export const noGpu = (reason: string) =>
  new AppError({
    code: 'no_gpu',
    message: 'No graphics adapter that WebGPU can use was found.',
    hint: 'Train on the processor instead, or update the graphics driver.',
    details: { reason },
  })

export const gpuLost = ({ reason, message }: LostInfo) =>
  new AppError({
    code: 'gpu_lost',
    message: 'The graphics device was lost.',
    hint: 'Usually a driver reset. Training can go on from the last checkpoint.',
    details: { reason, message },
  })

/** Whether an error says that the device is gone. */
export const isLost = (error: unknown): boolean => error instanceof AppError && error.code === 'gpu_lost'

/** @param reason in words that go on from "because" */
export const unusable = (reason: string) =>
  new AppError({
    code: 'no_gpu',
    message: `The graphics device is not used, because ${reason}.`,
    hint: 'Train on the processor instead, or update the graphics driver.',
    details: { reason },
  })

/** `bytes`: what was asked for, where that is known. */
export const outOfMemory = (message: string, bytes?: number) =>
  new AppError({
    code: 'out_of_memory',
    message:
      bytes === undefined
        ? 'The graphics device ran out of memory.'
        : `The graphics device has not enough memory: ${mebibytes(bytes)} MiB more were asked for.`,
    hint: 'Choose a smaller batch, a shorter context or a smaller model, or close other programs that use the graphics device.',
    details: { message },
  })

const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20).toLocaleString('en')

export const tensorTooLarge = (name: string, bytes: number, limit: number) =>
  new AppError({
    code: 'too_large',
    message: `The tensor ${name} takes ${mebibytes(bytes)} MiB; this device binds at most ${mebibytes(limit)} MiB at once.`,
    hint: 'Choose a smaller vocabulary, width, context or batch.',
  })

/** An error of WebGPU that nobody waited for, told in plain words. */
export function faultError(fault: GPUError): AppError {
  const { message } = fault
  if (fault instanceof GPUOutOfMemoryError) return outOfMemory(message)
  const inside = fault instanceof GPUInternalError
  return new AppError({
    code: 'internal',
    message: inside ? 'The graphics driver failed at a command.' : 'The graphics device refused a command.',
    hint: `${inside ? 'Update the graphics driver' : 'It is a fault of the studio or of the driver, not of your data'}. The last checkpoint is kept: restart the device and resume, or continue on the processor. “Copy report” on the page “This device” says what a developer needs to know.`,
    details: { message },
  })
}
