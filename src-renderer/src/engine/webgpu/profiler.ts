import { groupOps, type OpTiming, type ProgramProfile } from '../profile/profile.ts'
import type { GpuMemory } from './memory.ts'
import type { GpuProgram, Step } from './program.ts'
import type { SubmitQueue } from './submit-queue.ts'

export const TIMESTAMPS = 'timestamp-query'

/** Chromium rounds timestamps to this many nanoseconds where it does not trust the page: too coarse for a dispatch. */
const COARSE = 100_000n
/** WebGPU's limit on queries of one set. */
const MOST_QUERIES = 4096
/** Milliseconds that one kind of operation is repeated for, where only the machine's clock tells. */
const LONG_ENOUGH = 20
const MOST_REPEATS = 1024

export interface Profiler {
  device: GPUDevice
  memory: GpuMemory
  queue: SubmitQueue
}

/** Runs a program once, each dispatch timed. Where the device has no fine timestamps, its operations run more than once. */
export async function profileProgram(profiler: Profiler, program: GpuProgram): Promise<ProgramProfile> {
  const stamps = await stamped(profiler, program)
  return stamps
    ? { clock: 'timestamps', ops: byOperation(program, stamps) }
    : { clock: 'wall', ops: await repeated(profiler, program) }
}

/** Milliseconds that all of a program takes the device. */
export async function timeProgram(profiler: Profiler, program: GpuProgram): Promise<number> {
  const stamps = await stamped(profiler, program)
  return stamps ? stamps.reduce((sum, ms) => sum + ms, 0) : timeOf(profiler, program.steps, await latency(profiler))
}

function byOperation({ ops, opOfStep }: GpuProgram, msOfStep: readonly number[]): OpTiming[] {
  const timings = ops.map((facts) => ({ ...facts, ms: 0, dispatches: 0 }))
  opOfStep.forEach((op, i) => {
    timings[op]!.ms += msOfStep[i]!
    timings[op]!.dispatches++
  })
  return timings
}

/** Milliseconds of each step, from timestamps around a pass of its own; null where there are none to rely on. */
async function stamped({ device, memory, queue }: Profiler, { steps, slices }: GpuProgram): Promise<number[] | null> {
  if (!device.features.has(TIMESTAMPS)) return null
  const nanoseconds: bigint[] = []
  let from = 0
  for (const end of slices.ends) {
    for (; from < end; from = Math.min(end, from + MOST_QUERIES / 2)) {
      const part = steps.slice(from, Math.min(end, from + MOST_QUERIES / 2))
      nanoseconds.push(...(await stampedPart(device, memory, queue, part)))
    }
  }
  // Some drivers give the same to all.
  if (nanoseconds.every((ns) => ns % COARSE === 0n)) return null
  return nanoseconds.map((ns) => Number(ns) / 1e6)
}

async function stampedPart(device: GPUDevice, memory: GpuMemory, queue: SubmitQueue, steps: readonly Step[]) {
  const count = 2 * steps.length
  const querySet = device.createQuerySet({ type: 'timestamp', count })
  const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage
  const [resolved] = await memory.create([8 * count], QUERY_RESOLVE | COPY_SRC, 'timestamps')
  const [readable] = await memory.create([8 * count], MAP_READ | COPY_DST, 'timestamps')
  await new Promise<void>((mapped) =>
    queue.inTurn(() => {
      const encoder = device.createCommandEncoder()
      steps.forEach((step, i) => {
        const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 }
        const pass = encoder.beginComputePass({ timestampWrites })
        dispatch(pass, step)
        pass.end()
      })
      encoder.resolveQuerySet(querySet, 0, count, resolved!, 0)
      encoder.copyBufferToBuffer(resolved!, 0, readable!, 0, 8 * count)
      device.queue.submit([encoder.finish()])
      mapped(readable!.mapAsync(GPUMapMode.READ))
    }),
  )
  const stamps = new BigUint64Array(readable!.getMappedRange().slice(0))
  memory.destroy([resolved!, readable!])
  querySet.destroy()
  // A driver whose clock was set back gives less than nothing.
  return steps.map((_, i) => (stamps[2 * i + 1]! > stamps[2 * i]! ? stamps[2 * i + 1]! - stamps[2 * i]! : 0n))
}

function dispatch(pass: GPUComputePassEncoder, { pipeline, bindGroup, x, y }: Step): void {
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, bindGroup)
  pass.dispatchWorkgroups(x, y)
}

/** Times of operations by the machine's clock: one of each kind, repeated until it takes long enough to be seen. */
async function repeated(profiler: Profiler, program: GpuProgram): Promise<OpTiming[]> {
  const { ops, opOfStep, steps } = program
  const timings = ops.map((facts, op) => ({
    ...facts,
    ms: 0,
    dispatches: opOfStep.filter((owner) => owner === op).length,
  }))
  const nothing = await latency(profiler)
  const key = ({ op, detail, dispatches }: OpTiming) => `${op} ${detail} ${dispatches}`
  const times = new Map<string, number>()
  for (const kind of groupOps(timings, key).map(key)) {
    const op = timings.findIndex((timing) => key(timing) === kind)
    const own = steps.filter((_, i) => opOfStep[i] === op)
    times.set(kind, await timeOf(profiler, own, nothing))
  }
  return timings.map((timing) => ({ ...timing, ms: times.get(key(timing))! }))
}

async function timeOf(profiler: Profiler, steps: readonly Step[], nothing: number): Promise<number> {
  for (let times = 1; ; times *= 4) {
    const ms = (await timed(profiler, steps, times)) - nothing
    if (ms >= LONG_ENOUGH || times >= MOST_REPEATS) return Math.max(0, ms / times)
  }
}

/** Milliseconds until a submit without work is known to be done. */
async function latency(profiler: Profiler): Promise<number> {
  let least = Infinity
  for (let i = 0; i < 3; i++) least = Math.min(least, await timed(profiler, [], 1))
  return least
}

/** Milliseconds until the device has done `steps` as often as said. */
async function timed({ device, queue }: Profiler, steps: readonly Step[], times: number): Promise<number> {
  await device.queue.onSubmittedWorkDone()
  let start = 0
  await new Promise<void>((done) =>
    queue.inTurn(() => {
      start = performance.now()
      const encoder = device.createCommandEncoder()
      const pass = encoder.beginComputePass()
      for (let i = 0; i < times; i++) for (const step of steps) dispatch(pass, step)
      pass.end()
      device.queue.submit([encoder.finish()])
      done(device.queue.onSubmittedWorkDone().then(() => {}))
    }),
  )
  return performance.now() - start
}
