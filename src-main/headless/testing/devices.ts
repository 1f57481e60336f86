import type { InspectableBackend } from '@engine/profile/profile.ts'
import type { Tunable } from '@engine/webgpu/autotune/tunable.ts'
import { tuningFor, withoutSubgroups, type Tuning } from '@engine/webgpu/tuning.ts'
import { openWebGpu } from '@engine/webgpu/webgpu-backend.ts'
import { openCpuNode } from '../cpu-node.ts'

let device: ReturnType<typeof openWebGpu> | undefined

/**
 * The WebGPU device of this process, with the kernels of `tuning`. A software adapter compiles for seconds, once for each device: so all tests
 * share one, and what they call `destroy` on leaves it open. Those of a lost device open their own.
 */
export async function shareWebGpu(tuning: Tuning): Promise<InspectableBackend & Tunable> {
  const backend = await (device ??= openWebGpu(tuningFor(true)))
  const usable = backend.tuning.tile.kind === 'quad' ? tuning : withoutSubgroups(tuning)
  return Object.assign(Object.create(backend) as typeof backend, { tuning: usable, destroy: () => {} })
}

/**
 * Everything that can carry out the catalogue: either set of WebGPU kernels on the machine's adapter (a graphics card where there is one),
 * and every build of the CPU's, with more and fewer threads than this machine has cores.
 */
export const DEVICES: [name: string, open: () => Promise<InspectableBackend>][] = [
  ['WebGPU, kernels for software', () => shareWebGpu(tuningFor(true))],
  ['WebGPU, kernels for graphics cards', () => shareWebGpu(tuningFor(false))],
  ['CPU, relaxed SIMD, 2 threads', () => openCpuNode(2, 'relaxed')],
  ['CPU, SIMD, 3 threads', () => openCpuNode(3, 'simd')],
  ['CPU without threads', () => openCpuNode(1, 'single')],
]

/** Kernels for software of which matmul's compile quickest: a large tile takes 1 to 2 s. */
export const quickToCompile = { ...tuningFor(true), tinyProduct: Infinity }

/** One of each backend, for what doesn't depend on the kernels' variants. */
export const BACKENDS: typeof DEVICES = [['WebGPU', () => shareWebGpu(quickToCompile)], DEVICES[2]!]

/**
 * Cases of a test over {@link BACKENDS} that is about the model, not about kernels: all of them on the CPU, the first on WebGPU, whose software
 * adapter compiles for seconds for each new shape.
 */
export const casesOn = <T>(name: string, cases: readonly T[]): readonly T[] =>
  name === 'WebGPU' ? cases.slice(0, 1) : cases
