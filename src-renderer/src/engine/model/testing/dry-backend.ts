import type { Backend, Counters, Program } from '@engine/backend.ts'
import { GpuMemory } from '@engine/webgpu/memory.ts'
import { opsFor } from '@engine/webgpu/ops.ts'
import { tuningFor } from '@engine/webgpu/tuning.ts'

/**
 * Records as on WebGPU, with kernels for graphics cards, but holds and computes nothing: models of any size can be looked at.
 * @param capacity bytes past which it says that it has no more
 */
export function dryBackend({ maxBufferSize = 2 ** 31, capacity = Infinity } = {}): Backend {
  let held = 0
  const counters: Counters = { buffers: 0, bytes: 0, dispatches: 0, submits: 0, bindGroups: 0 }
  const device = {
    pushErrorScope: () => {},
    popErrorScope: async () => (held > capacity ? { message: 'no memory left' } : null),
    createBuffer: ({ size }: GPUBufferDescriptor) => {
      held += size
      return { size, destroy: () => (held -= size) }
    },
  } as unknown as GPUDevice
  const globals = globalThis as unknown as { GPUBufferUsage?: Record<string, number> }
  globals.GPUBufferUsage ??= { STORAGE: 1, COPY_SRC: 2, COPY_DST: 4 }
  const memory = new GpuMemory(device, counters, maxBufferSize)
  const none = () => {
    throw new Error('A dry backend computes nothing.')
  }
  return {
    info: { kind: 'webgpu', adapter: 'none', fallback: false, largestBinding: maxBufferSize },
    counters,
    lost: new Promise(() => {}),
    allocate: (category, specs) => memory.allocate(category, specs),
    allocatePacked: (category, specs) => memory.allocatePacked(category, specs),
    record: async (label, build): Promise<Program> => {
      let dispatches = 0
      build(opsFor({ tuning: tuningFor(false), dispatch: () => dispatches++ }))
      return { label, bytes: 0, dispatches, free: () => {} }
    },
    run: none,
    write: none,
    read: none,
    destroy: () => {},
  }
}
