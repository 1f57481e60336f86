import {
  bytesOf,
  lengthOf,
  numberBytes,
  packTensors,
  tensorBytes,
  WEBGPU_LAYOUT,
  type Piece,
} from '@shared/model/layout.ts'
import type { Allocation, Counters, MemoryCategory, PackedAllocation, Tensor, TensorSpec } from '../backend.ts'
import { outOfMemory, tensorTooLarge } from './errors.ts'

/** A window of a buffer. */
export interface GpuTensor extends Tensor {
  readonly buffer: GPUBuffer
  /** Bytes; a multiple of 256. */
  readonly offset: number
  /** Of a tensor too large for one binding: its rows, some after the others; it has no buffer of its own then. */
  readonly windows?: readonly GpuTensor[]
}

export interface GpuPacked extends PackedAllocation {
  get(name: string): GpuTensor
  readonly specs: readonly TensorSpec[]
  /** Each buffer whole, as a flat tensor. */
  readonly segments: readonly GpuTensor[]
  /** Where each tensor lies in them. */
  readonly places: ReadonlyMap<string, readonly Piece[]>
}

/** Bytes that one binding may have. */
export const largestBinding = ({ maxBufferSize, maxStorageBufferBindingSize }: GPUSupportedLimits) =>
  Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / 512) * 512

/** Creates buffers, checks that the device really gave them, and counts them. */
export class GpuMemory {
  constructor(
    private readonly device: GPUDevice,
    private readonly counters: Counters,
    /** Bytes of one binding at most. */
    private readonly largest: number,
    /** Does a thing when everything enqueued so far has been handed to the device. */
    private readonly inTurn: (work: () => void) => void = (work) => work(),
  ) {}

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
      this.inTurn(() => buffer.destroy())
    }
  }

  async allocate(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<Allocation> {
    const sizes = specs.map((spec) => {
      this.checkSize(spec.name, bytesOf(spec))
      return tensorBytes(spec, WEBGPU_LAYOUT)
    })
    const buffers = await this.create(sizes, storageUsage(), category)
    const tensors = new Map(specs.map((spec, i) => [spec.name, tensor(spec, buffers[i]!, 0)]))
    return this.allocation(category, tensors, buffers)
  }

  async allocatePacked(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<GpuPacked> {
    const dtype = specs[0]?.dtype ?? 'f32'
    const width = numberBytes({ dtype })
    const { lengths, places } = packTensors(specs, WEBGPU_LAYOUT, this.largest)
    const sizes = lengths.map((length) => length * width)
    const buffers = await this.create(sizes, storageUsage(), category)
    const segments = buffers.map((buffer, i) =>
      tensor({ name: `${category}[${i}]`, shape: [lengths[i]!], dtype }, buffer, 0),
    )
    const tensors = new Map(
      specs.map((spec) => {
        const windows = places.get(spec.name)!.map(({ segment, start, rows }) => {
          const part = { ...spec, shape: [rows, ...spec.shape.slice(1)] }
          this.checkSize(spec.name, bytesOf(part))
          return tensor(part, buffers[segment]!, start * width)
        })
        return [spec.name, windows.length === 1 ? windows[0]! : cutTensor(spec, windows)]
      }),
    )
    return { ...this.allocation(category, tensors, buffers), packed: true, specs, segments, places }
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
  return { ...spec, length: lengthOf(spec.shape), buffer, offset }
}

function cutTensor(spec: TensorSpec, windows: readonly GpuTensor[]): GpuTensor {
  return {
    ...spec,
    length: lengthOf(spec.shape),
    windows,
    offset: 0,
    get buffer(): never {
      throw new Error(`${spec.name} is cut into ${windows.length} windows.`)
    },
  }
}
