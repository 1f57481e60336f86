import { openBackend } from '@engine/worker/backends.ts'
import { Device } from '@engine/worker/device.ts'
import { installWebGpu } from './webgpu-node.ts'

/** The device that `--backend` names, WebGPU when it is left out. Opened when first needed. */
export function engineDevice(backend: 'webgpu' | 'cpu' = 'webgpu'): Device {
  return new Device(
    async () => {
      if (backend === 'webgpu') await installWebGpu()
      return openBackend(backend)
    },
    () => {}, // the run that was on it tells it
  )
}
