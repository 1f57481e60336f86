import type { Backend, Counters, Program } from '@engine/backend.ts'
import { cutCall, type TimedCall } from '@engine/webgpu/cut.ts'
import type { KernelCall } from '@engine/webgpu/kernel.ts'
import { GpuMemory } from '@engine/webgpu/memory.ts'
import { opsFor } from '@engine/webgpu/ops.ts'
import { speedOf } from '@engine/webgpu/slices.ts'
import { tuningFor } from '@engine/webgpu/tuning.ts'

interface DryOptions {
  maxBufferSize?: number
  /** Bytes past which it says that it has no more. */
  capacity?: number
  /** Records as on a software adapter. */
  fallback?: boolean
  /** At which its large products were timed. */
  gflops?: number
  /** Told of every dispatch that is recorded. */
  onDispatch?(dispatch: TimedCall): void
}

/** Records as on WebGPU, on a slow graphics card unless told otherwise, but holds and computes nothing: models of any size can be looked at. */
export function dryBackend(options: DryOptions = {}): Backend {
  const { maxBufferSize = 2 ** 31, capacity = Infinity, fallback = false, gflops, onDispatch } = options
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
    info: { kind: 'webgpu', adapter: 'none', fallback, largestBinding: maxBufferSize },
    counters,
    lost: new Promise(() => {}),
    allocate: (category, specs) => memory.allocate(category, specs),
    allocatePacked: (category, specs) => memory.allocatePacked(category, specs),
    record: async (label, build): Promise<Program> => {
      let dispatches = 0
      const tuning = tuningFor(fallback)
      const dispatch = (call: KernelCall) => {
        const parts = cutCall(call, speedOf(fallback, gflops), tuning.sliceMs)
        dispatches += parts.length
        for (const part of parts) onDispatch?.(part)
      }
      build(opsFor({ tuning, dispatch }))
      return { label, bytes: 0, dispatches, free: () => {} }
    },
    run: none,
    write: none,
    read: none,
    destroy: () => {},
  }
}
