import type { InspectableBackend } from '../../profile/profile.ts'
import { openWebGpu } from '../webgpu-backend.ts'
import { autotune } from './autotune.ts'
import type { TuningStore } from './tunable.ts'

/**
 * Opens the machine's fastest adapter with the kernels that suit it best, timed and checked at first use; see autotune.ts.
 * @param store where the choice is kept; null: it is made anew each time
 * @param portion of the usual length of a submit, for a device that was lost before; 1 is usual
 * @throws AppError 'no_gpu'
 */
export async function openTunedWebGpu(store: TuningStore | null, portion = 1): Promise<InspectableBackend> {
  const backend = await openWebGpu(undefined, portion)
  const { navigator } = globalThis as { navigator?: { userAgent?: string } }
  await autotune(backend, { store, environment: navigator?.userAgent ?? '', now: () => performance.now() })
  return backend
}
