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
import { productRate, type TuningReport } from './autotune/report.ts'
import type { Tunable } from './autotune/tunable.ts'
import { cutCall } from './cut.ts'
import { openDevice, type OpenDevice } from './device.ts'
import { faultError, gpuLost } from './errors.ts'
import { deviceFacts } from './facts.ts'
import { gpu, KernelCache, type KernelCall } from './kernel.ts'
import { GpuMemory, storageUsage } from './memory.ts'
import { opsFor } from './ops.ts'
import { measurePeaks } from './peaks.ts'
import { profileProgram, timeProgram, type Profiler } from './profiler.ts'
import { buildProgram, type Dummies, type GpuProgram, type RecordedCall } from './program.ts'
import { permitted } from './quirks.ts'
import { Readback } from './readback.ts'
import { speedOf } from './slices.ts'
import { SubmitQueue } from './submit-queue.ts'
import { tuningFor, type Tuning } from './tuning.ts'

/**
 * Opens the machine's fastest adapter, with kernels cut for it unless `tuning` says otherwise.
 * @param portion of the usual length of a submit, for a device that was lost before; 1 is usual
 * @param largest bytes of one binding, for tests: no more is used, whatever the adapter allows
 * @throws AppError 'no_gpu'
 */
export async function openWebGpu(
  tuning?: Tuning,
  portion = 1,
  largest?: number,
): Promise<InspectableBackend & Tunable> {
  const open = await openDevice(largest)
  const chosen = permitted(tuning ?? tuningFor(open.info.fallback), open.adapterInfo, open.device.features)
  return new WebGpuBackend(open, { ...chosen, sliceMs: portion * chosen.sliceMs })
}

class WebGpuBackend implements InspectableBackend, Tunable {
  info: BackendDescription
  readonly counters: Counters = { buffers: 0, bytes: 0, dispatches: 0, submits: 0, bindGroups: 0 }
  readonly lost: Promise<LostInfo>
  readonly adapter: GPUAdapterInfo
  readonly limits: GPUSupportedLimits
  private readonly device: GPUDevice
  private readonly memory: GpuMemory
  private readonly kernels: KernelCache
  private readonly queue: SubmitQueue
  private readonly readback: Readback
  private report: TuningReport | null = null
  private measured: Promise<Peaks> | undefined
  private dummies: Promise<Dummies> | undefined
  private lossInfo: LostInfo | undefined
  /** The first error that no scope caught; it makes everything after it worthless. */
  private fault: GPUError | undefined

  constructor(
    private readonly open: OpenDevice,
    public tuning: Tuning,
  ) {
    const { device, info } = open
    this.device = device
    this.adapter = open.adapterInfo
    this.limits = device.limits
    this.info = info
    this.queue = new SubmitQueue(device, this.counters)
    this.memory = new GpuMemory(device, this.counters, info.largestBinding ?? Infinity, (work) =>
      this.queue.inTurn(work),
    )
    this.kernels = new KernelCache(device)
    this.readback = new Readback(device, this.memory, this.queue, () => this.counters.submits++)
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
      const ops: OpFacts[] = []
      const calls: RecordedCall[] = []
      const dispatch = (call: KernelCall) => calls.push(...this.timed(call, ops.length - 1))
      build(watched(opsFor({ tuning: this.tuning, dispatch }), (facts) => ops.push(facts)))
      const program = await this.build(label, ops, calls)
      this.counters.bindGroups += program.dispatches
      return program
    })
  }

  /** The dispatches of a call, none of which should take longer than a submit may. */
  private timed(call: KernelCall, op: number): RecordedCall[] {
    const speed = speedOf(this.info.fallback, productRate(this.report))
    return cutCall(call, speed, this.tuning.sliceMs).map((one) => ({ ...one, op }))
  }

  private async build(label: string, ops: readonly OpFacts[], calls: readonly RecordedCall[]): Promise<GpuProgram> {
    const { device, memory } = this
    const { sliceMs } = this.tuning
    this.dummies ??= this.createDummies()
    const dummies = await this.dummies
    const compiled = await Promise.all(calls.map(async (one) => ({ ...one, kernel: await this.kernels.get(one.call) })))
    return buildProgram({ label, ops, calls: compiled }, { device, memory, dummies, sliceMs })
  }

  run(program: Program): void {
    this.check()
    this.queue.run(program as GpuProgram)
    this.counters.dispatches += program.dispatches
  }

  adopt(tuning: Tuning, report: TuningReport | null = this.report): void {
    this.tuning = tuning
    this.report = report
    if (report?.f16 === false) this.info = { ...this.info, f16: false }
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    this.device.pushErrorScope('validation')
    const settled = await Promise.allSettled([work()])
    const error = await this.device.popErrorScope()
    if (settled[0].status === 'rejected') throw settled[0].reason
    if (error) throw new Error(error.message)
    return settled[0].value
  }

  facts(): FactGroup[] {
    return deviceFacts({ ...this.open, info: this.info }, this.tuning, this.report)
  }

  profile(program: Program): Promise<ProgramProfile> {
    return this.guard(() => profileProgram(this.profiler, program as GpuProgram))
  }

  peaks(): Promise<Peaks> {
    const { device, memory, info } = this
    const time = async (call: KernelCall) => {
      const program = await this.build('peak', [], this.timed(call, -1))
      try {
        return await timeProgram(this.profiler, program)
      } finally {
        program.free()
      }
    }
    this.measured ??= this.guard(() => measurePeaks({ device, memory, software: info.fallback, time }))
    // What failed for want of memory may succeed later.
    this.measured.catch(() => (this.measured = undefined))
    return this.measured
  }

  private get profiler(): Profiler {
    return { device: this.device, memory: this.memory, queue: this.queue }
  }

  write(tensor: Tensor, data: Float32Array | Uint32Array | Int32Array): void {
    this.check()
    if (data.length > tensor.length)
      throw new RangeError(`${tensor.name} holds ${tensor.length} numbers, not ${data.length}.`)
    // The caller may change it while it waits.
    const kept = (this.queue.behind ? data.slice() : data) as Float32Array<ArrayBuffer>
    let first = 0
    for (const { buffer, offset, length } of gpu(tensor).windows ?? [gpu(tensor)]) {
      const part = kept.subarray(first, first + length)
      if (part.length) this.queue.inTurn(() => this.device.queue.writeBuffer(buffer, offset, part))
      first += length
    }
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
    try {
      const [read, write] = await this.memory.create([256, 256], storageUsage(), 'absent binding')
      return { read: read!, write: write! }
    } catch (error) {
      // What failed for want of memory may succeed later.
      this.dummies = undefined
      throw error
    }
  }

  private check(): void {
    if (this.lossInfo) throw gpuLost(this.lossInfo)
    if (!this.fault) return
    throw faultError(this.fault)
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
