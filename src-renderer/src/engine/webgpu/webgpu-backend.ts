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
} from '../backend.ts'
import type { BackendDescription } from '../worker/protocol.ts'
import { openDevice, type OpenDevice } from './device.ts'
import { deviceFault, gpuLost, outOfMemory } from './errors.ts'
import { gpu, KernelCache, type KernelCall } from './kernel.ts'
import { GpuMemory, storageUsage } from './memory.ts'
import { opsFor } from './ops.ts'
import { buildProgram, type Dummies, type GpuProgram } from './program.ts'
import { Readback } from './readback.ts'
import { tuningFor, type Tuning } from './tuning.ts'

/** Opens the machine's fastest adapter, with kernels cut for it unless `tuning` says otherwise. @throws AppError 'no_gpu' */
export async function openWebGpu(tuning?: Tuning): Promise<Backend> {
  const open = await openDevice()
  return new WebGpuBackend(open, tuning ?? tuningFor(open.info.fallback))
}

class WebGpuBackend implements Backend {
  readonly info: BackendDescription
  readonly counters: Counters = { buffers: 0, bytes: 0, dispatches: 0, submits: 0, bindGroups: 0 }
  readonly lost: Promise<LostInfo>
  private readonly device: GPUDevice
  private readonly memory: GpuMemory
  private readonly kernels: KernelCache
  private readonly readback: Readback
  private dummies: Promise<Dummies> | undefined
  private lossInfo: LostInfo | undefined
  /** The first error that no scope caught; it makes everything after it worthless. */
  private fault: GPUError | undefined

  constructor(
    { device, info }: OpenDevice,
    private readonly tuning: Tuning,
  ) {
    this.device = device
    this.info = info
    this.memory = new GpuMemory(device, this.counters)
    this.kernels = new KernelCache(device)
    this.readback = new Readback(device, this.memory, () => this.counters.submits++)
    device.addEventListener('uncapturederror', (event) => (this.fault ??= (event as GPUUncapturedErrorEvent).error))
    this.lost = device.lost.then(({ reason, message }) => (this.lossInfo = { reason: reason ?? 'unknown', message }))
  }

  allocate(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<Allocation> {
    return this.guard(() => this.memory.allocate(category, specs))
  }

  allocatePacked(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<PackedAllocation> {
    return this.guard(() => this.memory.allocatePacked(category, specs))
  }

  record(label: string, build: (ops: Ops) => void): Promise<Program> {
    return this.guard(async () => {
      const calls: KernelCall[] = []
      build(opsFor({ tuning: this.tuning, dispatch: (call) => calls.push(call) }))
      const { device, memory, counters } = this
      this.dummies ??= this.createDummies()
      const dummies = await this.dummies
      const compiled = await Promise.all(calls.map(async (call) => ({ call, kernel: await this.kernels.get(call) })))
      const program = await buildProgram(label, compiled, { device, memory, dummies })
      counters.bindGroups += program.dispatches
      return program
    })
  }

  run(program: Program): void {
    this.check()
    const { device, counters } = this
    const { submits, dispatches } = program as GpuProgram
    for (const steps of submits) {
      const encoder = device.createCommandEncoder()
      const pass = encoder.beginComputePass()
      for (const { pipeline, bindGroup, x, y } of steps) {
        pass.setPipeline(pipeline)
        pass.setBindGroup(0, bindGroup)
        pass.dispatchWorkgroups(x, y)
      }
      pass.end()
      device.queue.submit([encoder.finish()])
      counters.submits++
    }
    counters.dispatches += dispatches
  }

  write(tensor: Tensor, data: Float32Array | Uint32Array | Int32Array): void {
    this.check()
    if (data.length > tensor.length)
      throw new RangeError(`${tensor.name} holds ${tensor.length} numbers, not ${data.length}.`)
    const { buffer, offset } = gpu(tensor)
    this.device.queue.writeBuffer(buffer, offset, data as Float32Array<ArrayBuffer>)
  }

  read(tensor: Tensor, start = 0, length = tensor.length - start): Promise<Float32Array> {
    return this.guard(() => this.readback.read(gpu(tensor), start, length))
  }

  destroy(): void {
    // At once, not when the promise settles: nothing may be enqueued from here on.
    this.lossInfo ??= { reason: 'destroyed', message: 'The device was closed.' }
    this.device.destroy()
  }

  private async createDummies(): Promise<Dummies> {
    const [read, write] = await this.memory.create([256, 256], storageUsage(), 'absent binding')
    return { read: read!, write: write! }
  }

  private check(): void {
    if (this.lossInfo) throw gpuLost(this.lossInfo)
    if (!this.fault) return
    throw this.fault instanceof GPUOutOfMemoryError ? outOfMemory(this.fault.message) : deviceFault(this.fault.message)
  }

  /** Runs `work`; what goes wrong because the device is gone or at fault is told as that. */
  private async guard<T>(work: () => Promise<T>): Promise<T> {
    this.check()
    try {
      const result = await work()
      this.check()
      return result
    } catch (error) {
      // A lost device rejects pending maps just before `lost` settles.
      if (isDeviceError(error)) await Promise.race([this.lost, turn()])
      this.check()
      throw error
    }
  }
}

const isDeviceError = (error: unknown) => error instanceof Error && /Abort|Operation|GPU/.test(error.name)
/** Long enough for the promises that a lost device settles in the same breath. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 100))
