import type { KernelExports } from './module.ts'
import { FAILED_ADDRESS } from './pool.ts'
import type { ThreadMessage, ThreadStart } from './threads.ts'

/** Body of a helper thread: says that it is ready, then helps until it is told to end. */
export async function helpAlong(
  { module, memory, index, count }: ThreadStart,
  tell: (message: ThreadMessage) => void,
): Promise<void> {
  try {
    const instance = await WebAssembly.instantiate(module, { env: { memory } })
    const exports = instance.exports as unknown as KernelExports
    exports.init(index, count)
    tell({ ready: true })
    exports.help()
  } catch (error) {
    // Nobody may wait for this thread any more.
    Atomics.store(new Int32Array(memory.buffer), FAILED_ADDRESS / 4, 1)
    tell({ failed: error instanceof Error ? error.message : String(error) })
  }
}
