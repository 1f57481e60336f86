import { openBackend } from '@engine/worker/backends.ts'
import type { BackendOpeners } from '@engine/worker/choose-backend.ts'
import { Device } from '@engine/worker/device.ts'
import type { BackendWish, ChosenBackend } from '@engine/worker/protocol.ts'
import { findAdapter } from '@engine/webgpu/adapter.ts'
import { openTunedWebGpu } from '@engine/webgpu/autotune/open.ts'
import { physicalCores } from '../services/physical-cores.ts'
import type { BACKEND_FLAGS } from './backend-flags.ts'
import { openCpuNode } from './cpu-node.ts'
import type { Values } from './flags.ts'
import { installWebGpu } from './webgpu-node.ts'

/** What the flags ask for. */
export const wishOf = async ({ backend, threads }: Values<typeof BACKEND_FLAGS>): Promise<BackendWish> => ({
  backend: backend ?? 'auto',
  threads: threads ?? (await physicalCores()),
})

/** Node's ways to open a backend: Dawn and worker threads. A software adapter is looked for only where WebGPU is asked for. */
export const nodeOpeners = ({ backend: wanted }: BackendWish): BackendOpeners => ({
  adapter: async () => {
    try {
      await installWebGpu(wanted === 'webgpu')
    } catch {
      return null // opening tells why, where WebGPU is asked for
    }
    return (await findAdapter())?.info ?? null
  },
  webgpu: async () => {
    await installWebGpu()
    return openTunedWebGpu(null)
  },
  cpu: (threads) => openCpuNode(threads),
})

/** The device for `wish`, opened when first needed. */
export function engineDevice(wish: BackendWish): Device {
  return new Device(
    (choice) => openBackend(choice ? { ...wish, backend: choice.kind } : wish, nodeOpeners(wish)),
    () => {}, // the run that was on it tells it
  )
}

/** The line that says what was chosen and why. */
export const deviceLine = ({ adapter, reason }: Pick<ChosenBackend, 'adapter' | 'reason'>): string =>
  `Device: ${adapter}. ${reason}`
