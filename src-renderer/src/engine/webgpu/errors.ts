import { AppError } from '@shared/contract/errors.ts'
import type { LostInfo } from '../backend.ts'

export const noGpu = (reason: string) =>
  new AppError({
    code: 'no_gpu',
    message: 'No graphics adapter that WebGPU can use was found.',
    hint: 'Update the graphics driver, or choose the CPU backend in Settings.',
    details: { reason },
  })

export const gpuLost = ({ reason, message }: LostInfo) =>
  new AppError({
    code: 'gpu_lost',
    message: 'The graphics device was lost.',
    hint: 'Usually a driver reset. Training can go on from the last checkpoint.',
    details: { reason, message },
  })

export const outOfMemory = (bytes: number, message: string) =>
  new AppError({
    code: 'out_of_memory',
    message: `The graphics device has not enough memory: ${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB more were asked for.`,
    hint: 'Choose a smaller batch, a shorter context or a smaller model, or close other programs that use the graphics device.',
    details: { message },
  })

export const tensorTooLarge = (name: string, bytes: number, limit: number) =>
  new AppError({
    code: 'too_large',
    message: `The tensor ${name} takes ${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB; this device binds at most ${Math.floor(limit / 2 ** 20).toLocaleString('en')} MiB at once.`,
    hint: 'Choose a smaller vocabulary, width, context or batch.',
  })

export const deviceFault = (message: string) =>
  new AppError({ code: 'internal', message: 'The graphics device refused a command.', details: { message } })
