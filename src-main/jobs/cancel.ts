import { AppError } from '@shared/contract/errors.ts'

export const cancelled = () => new AppError({ code: 'cancelled', message: 'Cancelled. Nothing was kept.' })

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled()
}
