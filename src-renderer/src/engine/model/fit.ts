import { AppError } from '@shared/contract/errors.ts'
import { hardwareOf } from '@shared/model/hardware.ts'
import { memoryBudget, memoryWays, type MemoryWay } from '@shared/model/memory-fit.ts'
import { trainingMemory } from '@shared/model/memory.ts'
import type { Backend } from '../backend.ts'
import { createSession, type GptSession } from './gpt.ts'
import type { SessionOptions } from './session.ts'

/**
 * A session within the device's memory: with `recompute: 'auto'`, as when absent, no more is worked out again than must be, and no number
 * depends on it.
 * @throws AppError 'out_of_memory' or 'too_large' where it does not fit all the same; with `suggestedBatchSize` and
 * `suggestedAccumulation` among its details where smaller batches, which make up the same step, were tried and do fit
 */
export async function createFittingSession(backend: Backend, options: SessionOptions): Promise<GptSession> {
  const { optimizer, batchSize, accumulate: accumulation = 1, recompute = 'auto' } = options
  if (!optimizer) return createSession(backend, options)
  let shortage: AppError | undefined
  const open = async (way: Omit<MemoryWay, 'reason'>) => {
    try {
      checkPlan(backend, options, way)
      const { batchSize, accumulation: accumulate, recompute } = way
      return await createSession(backend, { ...options, batchSize, accumulate, recompute })
    } catch (error) {
      if (!isShort(error)) throw error
      shortage ??= error
      return null
    }
  }
  for (const level of recompute === 'auto' ? ([0, 1, 2] as const) : [recompute]) {
    const session = await open({ batchSize, accumulation, recompute: level })
    if (session) return session
  }
  for (const way of memoryWays({ ...options, accumulation, recompute })) {
    if (way.batchSize === batchSize) continue
    const session = await open(way)
    if (!session) continue
    session.dispose()
    throw suggesting(shortage!, way)
  }
  throw shortage!
}

const isShort = (error: unknown): error is AppError =>
  error instanceof AppError && (error.code === 'out_of_memory' || error.code === 'too_large')

/** What can't fit by the plan is not tried: the machine would run short before the trial ends. */
function checkPlan(backend: Backend, options: SessionOptions, way: Omit<MemoryWay, 'reason'>): void {
  const { config, head, seqLen, trainable, precision = 'f32' } = options
  const hardware = hardwareOf(backend.info)
  const { batchSize, accumulation: accumulate, recompute } = way
  const plan = trainingMemory(config, head, batchSize, seqLen, trainable, {
    recompute,
    accumulate,
    hardware,
    precision,
  })
  const room = memoryBudget(hardware) - backend.counters.bytes
  if (plan.total <= room) return
  const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20).toLocaleString('en')
  throw new AppError({
    code: 'out_of_memory',
    message: `Training takes ${mebibytes(plan.total)} MiB in batches of ${batchSize}; this device has ${mebibytes(room)} MiB for it.`,
    hint: 'Choose a smaller batch, a shorter context or a smaller model.',
  })
}

function suggesting(shortage: AppError, { batchSize, accumulation }: MemoryWay): AppError {
  const { details, ...data } = shortage.toData()
  return new AppError({
    ...data,
    hint: `Batches of ${batchSize}, ${accumulation} to a step, were tried and fit. A step then sees as many examples as before.`,
    details: { ...details, suggestedBatchSize: batchSize, suggestedAccumulation: accumulation },
  })
}
