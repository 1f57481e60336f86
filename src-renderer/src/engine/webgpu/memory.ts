import type { Allocation, Counters, MemoryCategory, PackedAllocation, Tensor, TensorSpec } from '../backend.ts'
import { outOfMemory, tensorTooLarge } from './errors.ts'

/** Packed tensors begin at multiples of this many bytes: WebGPU's largest offset alignment, and AdamW's block of 64 numbers. */
export const PACK_ALIGNMENT = 256

/** A window of a buffer. */
export interface GpuTensor extends Tensor {
  readonly buffer: GPUBuffer
  /** Bytes; a multiple of {@link PACK_ALIGNMENT}. */
  readonly offset: number
}

export interface GpuPacked extends PackedAllocation {
  get(name: string): GpuTensor
  readonly specs: readonly TensorSpec[]
  /** Each buffer whole, as a flat tensor. */
  readonly segments: readonly GpuTensor[]
  /** Segment and first element of each tensor. */
  readonly places: ReadonlyMap<string, { segment: number; start: number }>
}

const align = (bytes: number, to: number) => Math.ceil(bytes / to) * to
const bytesOf = (shape: readonly number[]) => 4 * shape.reduce((a, b) => a * b, 1)

/** Creates buffers, checks that the device really gave them, and counts them. */
export class GpuMemory {
  constructor(
    private readonly device: GPUDevice,
    private readonly counters: Counters,
  ) {}

  private get largest(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits
    return Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / PACK_ALIGNMENT) * PACK_ALIGNMENT
  }

  /** One buffer for each size asked for. @throws AppError 'out_of_memory' */
  async create(sizes: readonly number[], usage: GPUBufferUsageFlags, label: string): Promise<GPUBuffer[]> {
    const { device } = this
    device.pushErrorScope('validation')
    device.pushErrorScope('out-of-memory')
    const buffers = sizes.map((size) => device.createBuffer({ size, usage, label }))
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()])
    const error = errors.find((e) => e !== null)
    if (error) {
      for (const buffer of buffers) buffer.destroy()
      const bytes = sizes.reduce((a, b) => a + b, 0)
      throw outOfMemory(error.message, bytes)
    }
    this.counters.buffers += buffers.length
    for (const size of sizes) this.counters.bytes += size
    return buffers
  }

  /** A buffer to read results through; small, so it isn't waited for. */
  createStaging(size: number): GPUBuffer {
    const buffer = this.device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
    this.counters.buffers++
    this.counters.bytes += size
    return buffer
  }

  destroy(buffers: readonly GPUBuffer[]): void {
    for (const buffer of buffers) {
      this.counters.buffers--
      this.counters.bytes -= buffer.size
      buffer.destroy()
    }
  }

  async allocate(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<Allocation> {
    const sizes = specs.map(({ name, shape }) => {
      this.checkSize(name, bytesOf(shape))
      return align(Math.max(bytesOf(shape), 16), 16)
    })
    const buffers = await this.create(sizes, storageUsage(), category)
    const tensors = new Map(specs.map((spec, i) => [spec.name, tensor(spec, buffers[i]!, 0)]))
    return this.allocation(category, tensors, buffers)
  }

  async allocatePacked(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<GpuPacked> {
    const { sizes, places } = this.layOut(specs)
    const buffers = await this.create(sizes, storageUsage(), category)
    const segments = buffers.map((buffer, i) =>
      tensor({ name: `${category}[${i}]`, shape: [buffer.size / 4] }, buffer, 0),
    )
    const tensors = new Map(
      specs.map((spec) => {
        const { segment, start } = places.get(spec.name)!
        return [spec.name, tensor(spec, buffers[segment]!, start * 4)]
      }),
    )
    return { ...this.allocation(category, tensors, buffers), packed: true, specs, segments, places }
  }

  /** Tensors one after another, a new segment where the next one would not fit. */
  private layOut(specs: readonly TensorSpec[]) {
    const sizes: number[] = []
    const places = new Map<string, { segment: number; start: number }>()
    for (const { name, shape } of specs) {
      const bytes = align(bytesOf(shape), PACK_ALIGNMENT)
      this.checkSize(name, bytes)
      if (sizes.length === 0 || sizes.at(-1)! + bytes > this.largest) sizes.push(0)
      const segment = sizes.length - 1
      places.set(name, { segment, start: sizes[segment]! / 4 })
      sizes[segment]! += bytes
    }
    return { sizes, places }
  }

  private checkSize(name: string, bytes: number): void {
    if (bytes > this.largest) throw tensorTooLarge(name, bytes, this.largest)
  }

  private allocation(category: MemoryCategory, tensors: Map<string, GpuTensor>, buffers: GPUBuffer[]) {
    const bytes = buffers.reduce((sum, buffer) => sum + buffer.size, 0)
    let live = true
    return {
      category,
      bytes,
      has: (name: string) => tensors.has(name),
      get: (name: string) => {
        const found = tensors.get(name)
        if (!found) throw new Error(`There is no tensor ${name} among the ${category}.`)
        return found
      },
      free: () => {
        if (live) this.destroy(buffers)
        live = false
      },
    }
  }
}

// A function, for GPUBufferUsage is there only once WebGPU has been installed in Node.
export const storageUsage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST

function tensor(spec: TensorSpec, buffer: GPUBuffer, offset: number): GpuTensor {
  return { ...spec, length: bytesOf(spec.shape) / 4, buffer, offset }
}
