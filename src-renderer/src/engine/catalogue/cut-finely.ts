import type { Backend } from '../backend.ts'
import type { Tunable } from '../webgpu/autotune/tunable.ts'

const isTunable = (backend: Backend): backend is Tunable => 'adopt' in backend && 'tuning' in backend

/** Does `work` with every dispatch that it records cut as finely as can be; nothing on a backend that has no dispatches. */
export async function cutFinely(backend: Backend, work: () => Promise<void>): Promise<void> {
  if (!isTunable(backend)) return
  const { tuning } = backend
  backend.adopt({ ...tuning, sliceMs: 1e-6 })
  try {
    await work()
  } finally {
    backend.adopt(tuning)
  }
}
