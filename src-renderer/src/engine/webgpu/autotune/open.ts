import type { InspectableBackend } from '../../profile/profile.ts'
import { isLost, unusable } from '../errors.ts'
import { openWebGpu } from '../webgpu-backend.ts'
import { autotune } from './autotune.ts'
import type { Tunable, TuningStore } from './tunable.ts'

/** A lost device's adapter is not there again at once. */
const PAUSE_MS = 250

/**
 * Opens the machine's fastest adapter with the kernels that suit it best, timed and checked at first use; see autotune.ts. Where that loses the
 * device, a second time without timing.
 * @param store where the choice is kept; null: it is made anew each time
 * @param portion of the usual length of a submit, for a device that was lost before; 1 is usual
 * @param open opens a device whose kernels are not chosen yet
 * @throws AppError 'no_gpu', also where the device is there but no kernel works on it
 */
export async function openTunedWebGpu(
  store: TuningStore | null,
  portion = 1,
  open: () => Promise<InspectableBackend & Tunable> = () => openWebGpu(undefined, portion),
): Promise<InspectableBackend> {
  const { navigator } = globalThis as { navigator?: { userAgent?: string } }
  const options = { store, environment: navigator?.userAgent ?? '', now: () => performance.now() }
  const tuned = async (careful: boolean) => {
    const backend = await open()
    try {
      await autotune(backend, { ...options, careful })
      return backend
    } catch (error) {
      backend.destroy()
      throw error
    }
  }
  try {
    return await tuned(false)
  } catch (error) {
    if (!isLost(error)) throw error
  }
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  try {
    return await tuned(true)
  } catch (error) {
    throw isLost(error) ? unusable('it was lost twice while its kernels were checked') : error
  }
}
