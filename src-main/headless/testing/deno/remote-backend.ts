import { spawn, type ChildProcess } from 'node:child_process'
import { AppError } from '@shared/contract/errors.ts'
import type {
  Allocation,
  Backend,
  Counters,
  LostInfo,
  MemoryCategory,
  Ops,
  PackedAllocation,
  Program,
  Tensor,
  TensorSpec,
} from '@engine/backend.ts'
import type { VariantCheck } from '@engine/webgpu/autotune/report.ts'
import type { Tile, Tuning } from '@engine/webgpu/tuning.ts'
import type { BackendDescription } from '@engine/worker/protocol.ts'
import { frame, onFrames } from './frames.ts'
import type { Answer, Answers, Call, Ref, Request } from './protocol.ts'

/** What can be asked for over a pipe: all that computing needs, and nothing that looks into a device. */
type Computing = Pick<
  Backend,
  'info' | 'counters' | 'lost' | 'allocate' | 'allocatePacked' | 'record' | 'run' | 'write' | 'read' | 'destroy'
>

/** A backend in a process of its own, so that what has no WebGPU with 16-bit floats can test kernels that need it. */
export class RemoteBackend implements Computing {
  readonly counters: Counters = { buffers: 0, bytes: 0, dispatches: 0, submits: 0, bindGroups: 0 }
  readonly lost: Promise<LostInfo>
  private description: BackendDescription | undefined
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  private readonly refs = new WeakMap<object, Ref>()
  private sent = 0
  private keys = 0
  private failure: Error | undefined

  private constructor(private readonly child: ChildProcess) {
    child.stdout!.on(
      'data',
      onFrames<Answer>((answer) => this.receive(answer)),
    )
    this.lost = new Promise((resolve) =>
      child.on('close', (code) => {
        this.failure ??= new Error(`Deno ended with ${code}.`)
        for (const { reject } of this.waiting.values()) reject(this.failure)
        resolve({ reason: 'unknown', message: `Deno ended with ${code}.` })
      }),
    )
  }

  /**
   * @param command what starts device.ts
   * @param largest bytes of one binding, for tests: no more is used, whatever the adapter allows
   */
  static async open(command: Command, tuning: Tuning, largest?: number): Promise<RemoteBackend> {
    const { file, args, env } = command
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
    const backend = new RemoteBackend(child)
    backend.description = await backend.ask({ type: 'open', tuning, ...(largest !== undefined && { largest }) })
    return backend
  }

  /** Checks a tile's kernels with 16-bit floats beside float64. */
  check(tile: Tile): Promise<VariantCheck> {
    return this.ask({ type: 'check', tile })
  }

  get info(): BackendDescription {
    return this.description!
  }

  async allocate(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<Allocation> {
    const key = this.keys++
    const bytes = await this.ask({ type: 'allocate', key, category, specs, packed: false })
    return this.allocation(key, category, bytes, specs)
  }

  async allocatePacked(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<PackedAllocation> {
    const key = this.keys++
    const bytes = await this.ask({ type: 'allocate', key, category, specs, packed: true })
    const packed = { ...this.allocation(key, category, bytes, specs), packed: true as const }
    this.refs.set(packed, { $ref: true, allocation: key, name: null })
    return packed
  }

  private allocation(key: number, category: MemoryCategory, bytes: number, specs: readonly TensorSpec[]): Allocation {
    const tensors = new Map(
      specs.map((spec): [string, Tensor] => {
        const tensor = { ...spec, length: spec.shape.reduce((a, b) => a * b, 1) }
        this.refs.set(tensor, { $ref: true, allocation: key, name: spec.name })
        return [spec.name, tensor]
      }),
    )
    return {
      category,
      bytes,
      has: (name) => tensors.has(name),
      get: (name) => {
        const tensor = tensors.get(name)
        if (!tensor) throw new Error(`There is no tensor ${name} among the ${category}.`)
        return tensor
      },
      free: () => this.tell({ type: 'free', key }),
    }
  }

  async record(label: string, build: (ops: Ops) => void): Promise<Program> {
    const calls: Call[] = []
    const take = (_: object, op: string) => (args: unknown) => void calls.push({ op, args: this.refer(args) })
    build(new Proxy({}, { get: take }) as Ops)
    const key = this.keys++
    const { bytes, dispatches } = await this.ask({ type: 'record', key, label, calls })
    const program = { label, bytes, dispatches, free: () => this.tell({ type: 'free', key }) }
    this.refs.set(program, { $ref: true, allocation: key, name: null })
    return program
  }

  /** Arguments of an operation, with references in place of what lies on the device. */
  private refer(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || value instanceof Set || ArrayBuffer.isView(value)) return value
    const ref = this.refs.get(value)
    if (ref) return ref
    if (Array.isArray(value)) return value.map((inner) => this.refer(inner))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.refer(inner)]))
  }

  run(program: Program): void {
    this.tell({ type: 'run', program: this.refs.get(program)!.allocation })
  }

  write(tensor: Tensor, data: Float32Array | Uint32Array | Int32Array): void {
    this.tell({ type: 'write', tensor: this.refs.get(tensor)!, data })
  }

  read(tensor: Tensor, start = 0, length = tensor.length - start): Promise<Float32Array> {
    return this.ask({ type: 'read', tensor: this.refs.get(tensor)!, start, length })
  }

  destroy(): void {
    this.failure ??= new Error('The device was closed.')
    this.child.stdin!.end()
  }

  /** What has no answer to wait for; should it fail, whatever is asked next does. */
  private tell(request: Request): void {
    this.ask(request).catch((error: Error) => (this.failure ??= error))
  }

  private ask<R extends Request>(request: R): Promise<Answers[R['type']]> {
    if (this.failure) return Promise.reject(this.failure)
    const id = this.sent++
    this.child.stdin!.write(frame({ ...request, id }))
    return new Promise((resolve, reject) =>
      this.waiting.set(id, { resolve: (value) => resolve(value as Answers[R['type']]), reject }),
    )
  }

  private receive(answer: Answer): void {
    Object.assign(this.counters, answer.counters)
    const asked = this.waiting.get(answer.id)!
    this.waiting.delete(answer.id)
    if ('error' in answer) asked.reject(new AppError(answer.error))
    else asked.resolve(answer.value)
  }
}

export interface Command {
  file: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
}
