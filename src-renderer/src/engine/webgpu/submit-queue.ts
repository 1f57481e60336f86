import type { Counters } from '../backend.ts'
import type { GpuProgram } from './program.ts'

/** Submits handed to the device before the first of them is done: the next one is there when it has ended, and no display waits for more. */
const MOST_IN_FLIGHT = 2

interface Slice {
  program: GpuProgram
  from: number
  to: number
}

/** Everything that goes to the device, in order. Where too many submits are in flight, what comes later waits on this side. */
export class SubmitQueue {
  private inFlight = 0
  private readonly waiting: (Slice | (() => void))[] = []
  /** When the device had done the submit before. */
  private lastDone = 0

  constructor(
    private readonly device: GPUDevice,
    private readonly counters: Counters,
  ) {
    // Whatever waits to be read must learn that it won't come.
    void device.lost.then(() => this.flush())
  }

  /** Whether something waits on this side. */
  get behind(): boolean {
    return this.waiting.length > 0
  }

  run(program: GpuProgram): void {
    const { ends } = program.slices
    for (let i = 0; i < ends.length; i++) this.push({ program, from: ends[i - 1] ?? 0, to: ends[i]! })
  }

  /** Does something that takes no time of the device, such as a copy, in its turn: at once where nothing waits. */
  inTurn(work: () => void): void {
    this.push(work)
  }

  private push(task: Slice | (() => void)): void {
    if (this.waiting.length > 0 || !this.mayStart(task)) this.waiting.push(task)
    else this.start(task)
  }

  private mayStart(task: Slice | (() => void)): boolean {
    return typeof task === 'function' || this.inFlight < MOST_IN_FLIGHT
  }

  private start(task: Slice | (() => void)): void {
    if (typeof task === 'function') task()
    else this.submit(task)
  }

  private submit(slice: Slice): void {
    const { device, counters } = this
    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    const { steps } = slice.program
    let current: GPUComputePipeline | null = null
    for (let i = slice.from; i < slice.to; i++) {
      const { pipeline, bindGroup, x, y } = steps[i]!
      if (pipeline !== current) pass.setPipeline(pipeline)
      current = pipeline
      pass.setBindGroup(0, bindGroup)
      pass.dispatchWorkgroups(x, y)
    }
    pass.end()
    device.queue.submit([encoder.finish()])
    counters.submits++
    this.inFlight++
    const since = performance.now()
    device.queue.onSubmittedWorkDone().then(
      () => this.done(slice, since),
      () => this.done(null, since), // lost: told by `device.lost`
    )
  }

  private done(slice: Slice | null, since: number): void {
    this.inFlight--
    const now = performance.now()
    slice?.program.slices.learn(slice.from, slice.to, now - Math.max(since, this.lastDone))
    this.lastDone = now
    while (this.waiting.length > 0 && this.mayStart(this.waiting[0]!)) this.start(this.waiting.shift()!)
  }

  private flush(): void {
    for (const task of this.waiting.splice(0)) if (typeof task === 'function') task()
  }
}
