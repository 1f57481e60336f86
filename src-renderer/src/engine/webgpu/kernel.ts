import type { Tensor } from '../backend.ts'
import flat from './kernels/include/flat.wgsl?raw'
import gelu from './kernels/include/gelu.wgsl?raw'
import matmul from './kernels/include/matmul.wgsl?raw'
import random from './kernels/include/random.wgsl?raw'
import storage from './kernels/include/storage.wgsl?raw'
import vec from './kernels/include/vec.wgsl?raw'
import type { GpuTensor } from './memory.ts'
import { expand, type Constants } from './template.ts'
import type { Tuning } from './tuning.ts'

const INCLUDES = { flat, gelu, matmul, random, storage, vec }

/** Memory of the program being recorded that only one operation needs: its contents don't outlive that operation. */
export interface Scratch {
  readonly kind: 'scratch'
  readonly length: number
}

/** Numbers fixed at recording. */
export interface Fixed {
  readonly kind: 'fixed'
  readonly data: Float32Array
}

export type Operand = GpuTensor | Scratch | Fixed

/** Workgroups `from` .. `to` - 1 of those in a row. */
export interface Span {
  from: number
  to: number
}

/** How a dispatch can be cut into several that together do the same, to the bit. */
export interface CallCut {
  /** Rows and columns of blocks that can be told apart. */
  down: number
  across: number
  /** What works out those blocks alone. */
  part(rows: Span, columns: Span): KernelCall
}

/** One dispatch: what the TypeScript twin of a WGSL file says. */
export interface KernelCall {
  /** Name of the WGSL file. */
  name: string
  source: string
  constants?: Constants
  /** Storage bindings 0, 1, ... ; null for an optional one that is absent (it reads as zero). */
  bindings: readonly (Operand | null)[]
  /** Members of the uniform struct `Params`: its u32s first, then its f32s. */
  integers: readonly number[]
  floats?: readonly number[]
  workgroups: readonly [x: number, y: number]
  /** Floating-point operations, of kernels that can take long. */
  flops?: number
  /** Bytes that it touches, where they may be far fewer than what it binds. */
  bytes?: number
  /** Of kernels that can take too long. */
  cut?: CallCut
}

/** What the twins are given. */
export interface KernelContext {
  readonly tuning: Tuning
  dispatch(call: KernelCall): void
}

/** The backend's own view of a tensor it made. */
export function gpu(tensor: Tensor): GpuTensor
export function gpu(tensor: Tensor | undefined): GpuTensor | null
export function gpu(tensor: Tensor | undefined): GpuTensor | null {
  return tensor === undefined ? null : (tensor as GpuTensor)
}

export const scratch = (length: number): Scratch => ({ kind: 'scratch', length })
export const fixed = (data: Float32Array): Fixed => ({ kind: 'fixed', data })

/** Constants of a kernel's `#storage` types, by type: which of these operands are kept in 16 bits, and which of those are gradients. */
export function stored(operands: Readonly<Record<string, Operand | null>>, gradients?: string): Constants {
  const half = Object.entries(operands).filter(([, o]) => o !== null && 'dtype' in o && o.dtype === 'f16')
  return Object.fromEntries(
    half.flatMap(([type]) => {
      const name = type.toUpperCase()
      return [[`${name}_F16`, true], ...(type === gradients ? [[`${name}_INFINITE`, true]] : [])]
    }),
  )
}

/** WebGPU's limit on workgroups in one dimension. */
const MAX_GROUPS = 65_535

/** Workgroups for `threads` threads counted by flat_index() of include/flat.wgsl. */
export function flatGrid(threads: number, group: number): [number, number] {
  return fold(Math.max(1, Math.ceil(threads / group)))
}

const fold = (groups: number): [number, number] =>
  groups <= MAX_GROUPS ? [groups, 1] : [MAX_GROUPS, Math.ceil(groups / MAX_GROUPS)]

/**
 * A call of `threads` threads counted by flat_index() that can be cut between any two workgroups.
 * @param call its `integers` are the u32 members of `Params` but for the last two, `first` and `end`: the threads that the dispatch stands for
 */
export function flatCall(
  call: Omit<KernelCall, 'workgroups' | 'cut'>,
  threads: number,
  group: number,
): KernelCall & { cut: CallCut } {
  const groups = Math.max(1, Math.ceil(threads / group))
  const part = ({ from, to }: Span): KernelCall => ({
    ...call,
    integers: [...call.integers, from * group, Math.min(threads, to * group)],
    workgroups: fold(to - from),
  })
  return { ...part({ from: 0, to: groups }), cut: { down: groups, across: 1, part } }
}

export interface CompiledKernel {
  pipeline: GPUComputePipeline
  layout: GPUBindGroupLayout
  /** Access of each storage binding. */
  access: readonly ('read' | 'write')[]
}

/** Compiles each kernel once for each set of constants. */
export class KernelCache {
  private readonly compiled = new Map<string, Promise<CompiledKernel>>()

  constructor(private readonly device: GPUDevice) {}

  get({ name, source, constants = {} }: KernelCall): Promise<CompiledKernel> {
    const key = `${name} ${JSON.stringify(constants)}`
    let kernel = this.compiled.get(key)
    if (!kernel) this.compiled.set(key, (kernel = this.compile(key, this.text(source, constants))))
    return kernel
  }

  private text(source: string, constants: Constants): string {
    const half = Object.entries(constants).some(([name, value]) => name.endsWith('_F16') && value)
    const enabled = [...(half ? ['f16'] : []), ...(constants.QUAD === true ? ['subgroups'] : [])]
    return `${enabled.map((name) => `enable ${name};\n`).join('')}${expand(source, constants, INCLUDES)}`
  }

  private async compile(label: string, code: string): Promise<CompiledKernel> {
    const { device } = this
    const access = accessOf(code)
    const layout = device.createBindGroupLayout({
      label,
      entries: [
        ...access.map((mode, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: mode === 'write' ? ('storage' as const) : ('read-only-storage' as const) },
        })),
        { binding: access.length, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' as const } },
      ],
    })
    const pipeline = await device.createComputePipelineAsync({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label, code }), entryPoint: 'main' },
    })
    return { pipeline, layout, access }
  }
}

/** Access modes as the WGSL declares them, so that the layout can't say otherwise. */
function accessOf(code: string): ('read' | 'write')[] {
  const found = [...code.matchAll(/@binding\((\d+)\) var<storage, (read|read_write)>/g)]
  return found.map(([, binding, mode], i) => {
    if (Number(binding) !== i) throw new Error(`binding ${binding} is out of order`)
    return mode === 'read' ? 'read' : 'write'
  })
}
