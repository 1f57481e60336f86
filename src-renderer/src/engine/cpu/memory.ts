import type { Allocation, Counters, MemoryCategory, PackedAllocation, Tensor, TensorSpec } from '../backend.ts'
import { align, CPU_LAYOUT, lengthOf, packTensors, tensorBytes } from '@shared/model/layout.ts'
import { outOfMemory } from './errors.ts'
import { FreeList } from './free-list.ts'

/** Everything begins at multiples of this many bytes: a cache line. */
const ALIGNMENT = 64
const PAGE = 65536
/** A 32-bit memory. */
const MOST_BYTES = 65536 * PAGE

export interface CpuTensor extends Tensor {
  /** Byte address. */
  readonly address: number
}

export interface CpuPacked extends PackedAllocation {
  get(name: string): CpuTensor
  readonly specs: readonly TensorSpec[]
  /** Byte address of the first tensor. */
  readonly address: number
  /** Numbers in all, a multiple of 64. */
  readonly length: number
  /** First number of each tensor. */
  readonly places: ReadonlyMap<string, number>
}

/** The one memory of the kernels, which grows as it is needed, and what lies where in it. */
export class CpuMemory {
  private readonly free: FreeList
  private grown: number

  constructor(
    readonly memory: WebAssembly.Memory,
    heapBase: number,
    private readonly counters: Counters,
  ) {
    this.free = new FreeList(align(heapBase, ALIGNMENT), MOST_BYTES)
    this.grown = memory.buffer.byteLength
  }

  /** Bytes that it has grown to. */
  get size(): number {
    return this.grown
  }

  /** Address of `bytes` zeros. @throws AppError 'out_of_memory' */
  create(bytes: number): number {
    const size = align(Math.max(bytes, 1), ALIGNMENT)
    const address = this.free.take(size)
    if (address === null) throw outOfMemory(size)
    const end = address + size
    if (end > this.grown) {
      const pages = Math.ceil((end - this.grown) / PAGE)
      try {
        this.memory.grow(pages)
      } catch {
        this.free.give(address, size)
        throw outOfMemory(size)
      }
      this.grown += pages * PAGE
    }
    // Fresh pages are zero already, but what was freed is not.
    new Uint8Array(this.memory.buffer, address, size).fill(0)
    this.counters.buffers++
    this.counters.bytes += size
    return address
  }

  destroy(address: number, bytes: number): void {
    const size = align(Math.max(bytes, 1), ALIGNMENT)
    this.free.give(address, size)
    this.counters.buffers--
    this.counters.bytes -= size
  }

  allocate(category: MemoryCategory, specs: readonly TensorSpec[]): Allocation {
    const offsets: number[] = []
    let bytes = 0
    for (const spec of specs) {
      offsets.push(bytes)
      bytes += tensorBytes(spec, CPU_LAYOUT)
    }
    const address = this.create(bytes)
    const tensors = new Map(specs.map((spec, i) => [spec.name, tensor(spec, address + offsets[i]!)]))
    return this.allocation(category, tensors, address, bytes)
  }

  allocatePacked(category: MemoryCategory, specs: readonly TensorSpec[]): CpuPacked {
    const packing = packTensors(specs, CPU_LAYOUT, Infinity)
    const length = packing.lengths[0] ?? 0
    const places = new Map([...packing.places].map(([name, pieces]) => [name, pieces[0]!.start]))
    const address = this.create(4 * length)
    const tensors = new Map(specs.map((spec) => [spec.name, tensor(spec, address + 4 * places.get(spec.name)!)]))
    return { ...this.allocation(category, tensors, address, 4 * length), packed: true, specs, address, length, places }
  }

  /** `length` numbers at an address, as they are in the memory itself. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length)
  }

  words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length)
  }

  private allocation(category: MemoryCategory, tensors: Map<string, CpuTensor>, address: number, bytes: number) {
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
        if (live) this.destroy(address, bytes)
        live = false
      },
    }
  }
}

const tensor = (spec: TensorSpec, address: number): CpuTensor => ({ ...spec, length: lengthOf(spec.shape), address })
