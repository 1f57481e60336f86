import type { Tensor } from '../backend.ts'
import { AppError } from '@shared/contract/errors.ts'
import { rate, type Peaks } from '../profile/profile.ts'
import { gpu, type KernelCall } from './kernel.ts'
import copySource from './kernels/peak_copy.wgsl?raw'
import fmaSource from './kernels/peak_fma.wgsl?raw'
import type { GpuMemory } from './memory.ts'

/** Threads of a workgroup, and numbers that each of them keeps: eight chains of four lanes. */
const GROUP = 256
const NUMBERS = 32
const UNROLL = 4
const ROUNDS = 256
const FLOPS_OF_GROUP = 2 * GROUP * NUMBERS * UNROLL * ROUNDS

/** Groups to begin with, enough to fill any device, and the most of one row of a grid. */
const FEWEST_GROUPS = 128
const MOST_GROUPS = 32_768
/** Milliseconds from which on a run says what the device can do, its clock having risen. */
const LONG_ENOUGH = 50
const RUNS = 4
const MOST_MS = 400

/** Largest buffer that is copied, and how much of the device's own largest: room must be left for others. */
const MOST_COPIED = 256 * 2 ** 20
const COPIED_OF_LARGEST = 1 / 4
/** A software adapter moves some gigabytes a second, and its caches are the processor's. */
const COPIED_BY_SOFTWARE = 64 * 2 ** 20
const VECTORS_OF_THREAD = 4

export interface PeakTools {
  device: GPUDevice
  memory: GpuMemory
  software: boolean
  /** Milliseconds that one dispatch takes. */
  time(call: KernelCall): Promise<number>
}

/**
 * What the device does at most. Multiply-adds: chains in registers on ever more groups until a run is long enough, best of mul + add and
 * fma(). Memory: a copy of more than any cache holds. Takes a second or two; the device should have nothing else to do.
 */
export async function measurePeaks(tools: PeakTools): Promise<Peaks> {
  const f32 = Math.max(await fmaPeak(tools, false, true), await fmaPeak(tools, false, false))
  const f16 = tools.device.features.has('shader-f16') ? await fmaPeak(tools, true, true) : null
  return { f32, f16, copy: await copyPeak(tools) }
}

async function fmaPeak({ memory, time }: PeakTools, half: boolean, fused: boolean): Promise<number> {
  const tensors = await memory.allocate('workspace', [{ name: 'out', shape: [GROUP] }])
  const call = (groups: number): KernelCall => ({
    name: half ? 'peak_fma_f16' : 'peak_fma',
    // A directive stands before everything else, so it cannot be a choice of the template.
    source: `${half ? 'enable f16;\nalias Number = f16;' : 'alias Number = f32;'}\nalias Lanes = vec4<Number>;\n${fmaSource}`,
    constants: { FUSED: fused },
    bindings: [gpu(tensors.get('out'))],
    integers: [ROUNDS],
    // x = x / 2 + 1 / 2 goes to 1 and stays there.
    floats: [0.5, 0.5],
    workgroups: [groups, 1],
    flops: groups * FLOPS_OF_GROUP,
  })
  try {
    let groups = FEWEST_GROUPS
    while ((await time(call(groups))) < LONG_ENOUGH && groups < MOST_GROUPS) groups *= 2
    return await best(async () => rate(groups * FLOPS_OF_GROUP, await time(call(groups))))
  } finally {
    tensors.free()
  }
}

async function copyPeak({ device, memory, software, time }: PeakTools): Promise<number> {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits
  const largest = Math.min(MOST_COPIED, COPIED_OF_LARGEST * Math.min(maxBufferSize, maxStorageBufferBindingSize))
  const tensors = await roomFor(memory, software ? Math.min(COPIED_BY_SOFTWARE, largest) : largest)
  const [x, out] = [tensors.get('x'), tensors.get('out')]
  const vectors = x.length / 4
  const groups = Math.ceil(vectors / (VECTORS_OF_THREAD * GROUP))
  const call: KernelCall = {
    name: 'peak_copy',
    source: copySource,
    constants: { GROUP },
    bindings: [gpu(x), gpu(out)],
    integers: [vectors, groups * GROUP],
    workgroups: [groups, 1],
  }
  try {
    // The first touches the memory, which some systems give only then.
    await time(call)
    return await best(async () => rate(2 * 4 * x.length, await time(call)))
  } finally {
    tensors.free()
  }
}

/** The best of several runs, or of fewer where they take long: a software adapter, or a machine with other things to do. */
async function best(measure: () => Promise<number>): Promise<number> {
  const start = performance.now()
  let most = 0
  for (let run = 0; run < RUNS && (run === 0 || performance.now() - start < MOST_MS); run++)
    most = Math.max(most, await measure())
  return most
}

/** Two tensors of `bytes`, or of less where there is not enough memory. */
async function roomFor(memory: GpuMemory, bytes: number) {
  for (let length = Math.floor(bytes / 16 / GROUP) * 4 * GROUP; ; length /= 2) {
    try {
      return await memory.allocate('workspace', [spec('x', length), spec('out', length)])
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'out_of_memory' || length <= 2 ** 20) throw error
    }
  }
}

const spec = (name: string, length: number): Pick<Tensor, 'name' | 'shape'> => ({ name, shape: [length] })
