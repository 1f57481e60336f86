import type {
  Allocation,
  Counters,
  LostInfo,
  MemoryCategory,
  Ops,
  PackedAllocation,
  Program,
  Tensor,
  TensorSpec,
} from '../backend.ts'
import { watched } from '../profile/facts.ts'
import type { FactGroup, InspectableBackend, OpFacts, Peaks, ProgramProfile } from '../profile/profile.ts'
import type { BackendDescription } from '../worker/protocol.ts'
import { threadsLost } from './errors.ts'
import { CpuMemory, type CpuTensor } from './memory.ts'
import { loadKernels, type KernelExports, type Variant } from './module.ts'
import { opsFor } from './ops.ts'
import { measurePeaks } from './peaks.ts'
import { profileProgram } from './profiler.ts'
import { buildProgram, type Command, type CpuProgram, type RecordedCommand } from './program.ts'
import type { HelperThread, ThreadSpawner } from './threads.ts'

export interface CpuOptions {
  /** How helper threads are started; null for one thread. */
  spawn: ThreadSpawner | null
  /** Threads in all, the calling one among them. */
  threads: number
  /** For tests: a build other than the best. */
  variant?: Variant
}

/** Pages of 64 KiB that a memory may grow to, tried in turn: some systems refuse to reserve 4 GiB of addresses. */
const MOST_PAGES = [65536, 32768, 16384]

/**
 * The processor as a backend. `run` computes on the calling thread, which must be allowed to wait (a worker, or Node), and on helpers.
 * @throws AppError 'unsupported' without SIMD
 */
export async function openCpu({ spawn, threads, variant }: CpuOptions): Promise<InspectableBackend> {
  const { module, label, threads: shared } = await loadKernels(variant)
  const count = shared && spawn ? Math.max(1, Math.floor(threads)) : 1
  const memory = createMemory(shared)
  const exports = (await WebAssembly.instantiate(module, { env: { memory } })).exports as unknown as KernelExports
  exports.init(0, count)
  const helpers = await Promise.all(
    Array.from({ length: count - 1 }, (_, i) => spawn!({ module, memory, index: i + 1, count })),
  )
  const adapter = `WebAssembly ${label}, ${count} ${count === 1 ? 'thread' : 'threads'}`
  return new CpuBackend(exports, memory, helpers, { kind: 'cpu', adapter, fallback: false, threads: count })
}

function createMemory(shared: boolean): WebAssembly.Memory {
  for (const maximum of MOST_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: 16, maximum, shared })
    } catch (error) {
      if (maximum === MOST_PAGES.at(-1)) throw error
    }
  }
  throw new Error('unreachable')
}

class CpuBackend implements InspectableBackend {
  readonly counters: Counters = { buffers: 0, bytes: 0, dispatches: 0, submits: 0, bindGroups: 0 }
  readonly lost: Promise<LostInfo>
  private readonly memory: CpuMemory
  private lossInfo: LostInfo | undefined
  private measured: Peaks | undefined
  private lose!: (info: LostInfo) => void

  constructor(
    private readonly kernels: KernelExports,
    memory: WebAssembly.Memory,
    private readonly helpers: readonly HelperThread[],
    readonly info: BackendDescription,
  ) {
    this.memory = new CpuMemory(memory, kernels.heapBase(), this.counters)
    this.lost = new Promise((resolve) => {
      this.lose = (info) => {
        this.lossInfo ??= info
        resolve(this.lossInfo)
      }
    })
  }

  async allocate(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<Allocation> {
    this.check()
    return this.memory.allocate(category, specs)
  }

  async allocatePacked(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<PackedAllocation> {
    this.check()
    return this.memory.allocatePacked(category, specs)
  }

  async record(label: string, build: (ops: Ops) => void): Promise<Program> {
    this.check()
    const threads = this.helpers.length + 1
    const ops: OpFacts[] = []
    const commands: RecordedCommand[] = []
    const command = (one: Command) => commands.push({ command: one, op: ops.length - 1 })
    build(watched(opsFor({ threads, command }), (facts) => ops.push(facts)))
    return buildProgram({ label, ops, commands }, this.memory, threads)
  }

  run(program: Program): void {
    const { address, dispatches } = program as CpuProgram
    this.carryOut(address)
    this.counters.dispatches += dispatches
    this.counters.submits++
  }

  private carryOut(address: number): void {
    this.check()
    try {
      this.kernels.run(address)
    } catch (error) {
      // A trap: a helper is gone, or a kernel is wrong. Nothing after it can be trusted.
      this.close({ reason: 'trap', message: error instanceof Error ? error.message : String(error) })
      throw threadsLost(this.lossInfo!.message)
    }
  }

  facts(): FactGroup[] {
    const { adapter, threads = 1 } = this.info
    return [
      {
        title: 'Processor',
        facts: [
          { name: 'Computes with', value: adapter },
          {
            name: 'Threads',
            value: `${threads}`,
            ...(threads === 1 && {
              why: 'One thread was asked for, or this window may not share memory between threads.',
            }),
          },
          { name: 'Memory taken from the system', value: mebibytes(this.memory.size) },
          { name: 'Of it in use now', value: mebibytes(this.counters.bytes) },
        ],
      },
    ]
  }

  async profile(program: Program): Promise<ProgramProfile> {
    return profileProgram(program as CpuProgram, this.memory, (address) => this.carryOut(address))
  }

  async peaks(): Promise<Peaks> {
    const threads = this.helpers.length + 1
    const time = (command: Command): number => {
      const program = buildProgram({ label: 'peak', ops: [], commands: [{ command, op: -1 }] }, this.memory, threads)
      const start = performance.now()
      this.carryOut(program.address)
      const ms = performance.now() - start
      program.free()
      return ms
    }
    return (this.measured ??= measurePeaks({ memory: this.memory, threads, time }))
  }

  write(tensor: Tensor, data: Float32Array | Uint32Array | Int32Array): void {
    this.check()
    if (data.length > tensor.length)
      throw new RangeError(`${tensor.name} holds ${tensor.length} numbers, not ${data.length}.`)
    const { address } = tensor as CpuTensor
    if (data instanceof Float32Array) this.memory.floats(address, data.length).set(data)
    else this.memory.words(address, data.length).set(data)
  }

  async read(tensor: Tensor, start = 0, length = tensor.length - start): Promise<Float32Array> {
    this.check()
    const copy = this.memory.floats((tensor as CpuTensor).address + 4 * start, length).slice()
    // Whoever trains in a loop must let messages through between steps.
    await turn()
    return copy
  }

  destroy(): void {
    if (this.lossInfo) return
    if (this.helpers.length > 0) this.kernels.run(0)
    this.close({ reason: 'destroyed', message: 'The CPU backend was closed.' })
  }

  private close(info: LostInfo): void {
    for (const helper of this.helpers) helper.terminate()
    this.lose(info)
  }

  private check(): void {
    if (this.lossInfo) throw threadsLost(this.lossInfo.message)
  }
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`

/** Resolves after the messages and timers that are due; setTimeout would wait 4 ms. */
const turn = () =>
  new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
