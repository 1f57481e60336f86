import { bytesOf } from '@shared/model/layout.ts'
import type { Program } from '../backend.ts'
import type { OpFacts } from '../profile/profile.ts'
import type { TimedCall } from './cut.ts'
import type { CompiledKernel, Fixed, KernelCall, Operand } from './kernel.ts'
import { storageUsage, type GpuMemory } from './memory.ts'
import { Slices } from './slices.ts'

/** Offsets of uniform bindings must be multiples of this (WebGPU's default limit). */
const UNIFORM_ALIGNMENT = 256

export interface Step {
  pipeline: GPUComputePipeline
  bindGroup: GPUBindGroup
  x: number
  y: number
}

export interface GpuProgram extends Program {
  readonly steps: readonly Step[]
  /** What is handed to the device at once. */
  readonly slices: Slices
  /** The operations recorded, and which of them each step belongs to. */
  readonly ops: readonly OpFacts[]
  readonly opOfStep: readonly number[]
}

/** Stand-ins for absent optional bindings; never written in earnest, so they read as zero. */
export interface Dummies {
  read: GPUBuffer
  write: GPUBuffer
}

interface Parts {
  device: GPUDevice
  memory: GpuMemory
  dummies: Dummies
  /** Milliseconds that one submit should take at most. */
  sliceMs: number
}

/** A dispatch that was asked for, by operation `op` of the program. */
export interface RecordedCall extends TimedCall {
  op: number
}

export interface Recording {
  label: string
  ops: readonly OpFacts[]
  calls: readonly (RecordedCall & { kernel: CompiledKernel })[]
}

/** Turns recorded calls into steps that hold everything a replay needs. */
export async function buildProgram(
  { label, ops, calls }: Recording,
  { device, memory, dummies, sliceMs }: Parts,
): Promise<GpuProgram> {
  const fixed = [...new Set(calls.flatMap(({ call }) => call.bindings.filter(isFixed)))]
  const scratchBytes = Math.max(0, ...calls.flatMap(({ call }) => call.bindings.map(scratchLength))) * 4
  const uniforms = encodeUniforms(calls.map(({ call }) => call))
  const sizes = [uniforms.byteLength || UNIFORM_ALIGNMENT, ...fixed.map((f) => align16(f.data.byteLength))]
  if (scratchBytes) sizes.push(align16(scratchBytes))
  const buffers = await memory.create(sizes, storageUsage() | GPUBufferUsage.UNIFORM, `program ${label}`)
  const [uniformBuffer] = buffers as [GPUBuffer]
  const scratchBuffer = scratchBytes ? buffers.at(-1)! : undefined
  device.queue.writeBuffer(uniformBuffer, 0, uniforms)
  const fixedBuffers = new Map(fixed.map((f, i) => [f, buffers[1 + i]!]))
  for (const [f, buffer] of fixedBuffers) device.queue.writeBuffer(buffer, 0, f.data as Float32Array<ArrayBuffer>)

  const resource = (operand: Operand | null, access: 'read' | 'write'): GPUBufferBinding => {
    if (operand === null) return { buffer: dummies[access] }
    if ('buffer' in operand) {
      return { buffer: operand.buffer, offset: operand.offset, size: align16(bytesOf(operand)) }
    }
    if (operand.kind === 'fixed') return { buffer: fixedBuffers.get(operand)! }
    return { buffer: scratchBuffer!, size: align16(operand.length * 4) }
  }
  const steps = calls.map(({ call, kernel }, i): Step => {
    const bindGroup = device.createBindGroup({
      label: call.name,
      layout: kernel.layout,
      entries: [
        ...call.bindings.map((operand, binding) => ({
          binding,
          resource: resource(operand, kernel.access[binding]!),
        })),
        {
          binding: call.bindings.length,
          resource: { buffer: uniformBuffer, offset: i * UNIFORM_ALIGNMENT, size: UNIFORM_ALIGNMENT },
        },
      ],
    })
    return { pipeline: kernel.pipeline, bindGroup, x: call.workgroups[0], y: call.workgroups[1] }
  })
  let live = true
  return {
    label,
    steps,
    slices: new Slices(
      calls.map(({ ms }) => ms),
      sliceMs,
    ),
    ops,
    opOfStep: calls.map(({ op }) => op),
    dispatches: steps.length,
    bytes: buffers.reduce((sum, b) => sum + b.size, 0),
    free: () => {
      if (live) memory.destroy(buffers)
      live = false
    },
  }
}

const align16 = (bytes: number) => Math.max(16, Math.ceil(bytes / 16) * 16)
const isFixed = (operand: Operand | null): operand is Fixed =>
  operand !== null && 'kind' in operand && operand.kind === 'fixed'
const scratchLength = (operand: Operand | null) =>
  operand !== null && 'kind' in operand && operand.kind === 'scratch' ? operand.length : 0

function encodeUniforms(calls: readonly KernelCall[]): Uint32Array<ArrayBuffer> {
  const words = UNIFORM_ALIGNMENT / 4
  const u32 = new Uint32Array(calls.length * words)
  const f32 = new Float32Array(u32.buffer)
  calls.forEach(({ integers, floats = [] }, i) => {
    u32.set(integers, i * words)
    f32.set(floats, i * words + integers.length)
  })
  return u32
}
