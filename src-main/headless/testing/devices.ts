import type { InspectableBackend } from '@engine/profile/profile.ts'
import { tuningFor } from '@engine/webgpu/tuning.ts'
import { openWebGpu } from '@engine/webgpu/webgpu-backend.ts'
import { openCpuNode } from '../cpu-node.ts'

/**
 * Everything that can carry out the catalogue: either set of WebGPU kernels on the machine's adapter (a graphics card where there is one),
 * and every build of the CPU's, with more and fewer threads than this machine has cores.
 */
export const DEVICES: [name: string, open: () => Promise<InspectableBackend>][] = [
  ['WebGPU, kernels for software', () => openWebGpu(tuningFor(true))],
  ['WebGPU, kernels for graphics cards', () => openWebGpu(tuningFor(false))],
  ['CPU, relaxed SIMD, 2 threads', () => openCpuNode(2, 'relaxed')],
  ['CPU, SIMD, 3 threads', () => openCpuNode(3, 'simd')],
  ['CPU without threads', () => openCpuNode(1, 'single')],
]

/** Kernels for software of which matmul's compile quickest: a large tile takes 1 to 2 s. */
export const quickToCompile = { ...tuningFor(true), tinyProduct: Infinity }

/** One of each backend, for what doesn't depend on the kernels' variants. */
export const BACKENDS: typeof DEVICES = [['WebGPU', () => openWebGpu(quickToCompile)], DEVICES[2]!]

/**
 * Cases of a test over {@link BACKENDS} that is about the model, not about kernels: all of them on the CPU, the first on WebGPU, whose software
 * adapter compiles for seconds for each new shape.
 */
export const casesOn = <T>(name: string, cases: readonly T[]): readonly T[] =>
  name === 'WebGPU' ? cases.slice(0, 1) : cases
