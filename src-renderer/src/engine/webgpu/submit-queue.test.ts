import { expect, it } from 'vitest'
import type { GpuProgram, Step } from './program.ts'
import { Slices } from './slices.ts'
import { SubmitQueue } from './submit-queue.ts'

/** A device that writes down what it is told, and does submits when the test says so. */
function fakeDevice() {
  const log: string[] = []
  const pending: { done(): void; fail(error: Error): void }[] = []
  let lose!: () => void
  const device = {
    lost: new Promise<void>((resolve) => (lose = resolve)),
    createCommandEncoder: () => {
      const dispatches: string[] = []
      return {
        beginComputePass: () => ({
          setPipeline: (name: string) => dispatches.push(name),
          setBindGroup: () => {},
          dispatchWorkgroups: (x: number) => dispatches.push(`${x}`),
          end: () => {},
        }),
        finish: () => dispatches.join(' '),
      }
    },
    queue: {
      submit: ([commands]: string[]) => log.push(commands!),
      onSubmittedWorkDone: () => new Promise<void>((done, fail) => pending.push({ done, fail })),
    },
  }
  const counters = { buffers: 0, bytes: 0, dispatches: 0, submits: 0, bindGroups: 0 }
  const queue = new SubmitQueue(device as unknown as GPUDevice, counters)
  const finish = async () => {
    pending.shift()!.done()
    await Promise.resolve()
    await Promise.resolve()
  }
  const loseDevice = async () => {
    lose()
    for (const { fail } of pending.splice(0)) fail(new Error('lost'))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { queue, log, counters, pending, finish, loseDevice }
}

/** A program of as many dispatches as there are estimates, numbered from 1, all of one pipeline. */
function program(ms: number[], sliceMs = 50): GpuProgram {
  const steps = ms.map((_, i) => ({ pipeline: 'p', bindGroup: {}, x: i + 1, y: 1 }) as unknown as Step)
  return { steps, slices: new Slices(ms, sliceMs) } as unknown as GpuProgram
}

it('hands a short program over at once, setting a pipeline once', () => {
  const { queue, log, counters } = fakeDevice()
  queue.run(program([1, 1, 1]))
  expect(log).toEqual(['p 1 2 3'])
  expect(counters.submits).toBe(1)
  expect(queue.behind).toBe(false)
})

it('has no more than two submits in flight, and keeps what comes between in its place', async () => {
  const { queue, log, finish } = fakeDevice()
  queue.run(program([40, 40, 40]))
  queue.inTurn(() => log.push('write'))
  queue.run(program([1]))
  expect(log).toEqual(['p 1', 'p 2'])
  expect(queue.behind).toBe(true)
  await finish()
  expect(log).toEqual(['p 1', 'p 2', 'p 3', 'write'])
  await finish()
  expect(log).toEqual(['p 1', 'p 2', 'p 3', 'write', 'p 1'])
  expect(queue.behind).toBe(false)
})

it('does at once what takes no time of the device where nothing waits', () => {
  const { queue, log } = fakeDevice()
  queue.run(program([1]))
  queue.inTurn(() => log.push('copy'))
  expect(log).toEqual(['p 1', 'copy'])
})

it('drops waiting submits of a lost device, but tells whoever waits to read', async () => {
  const { queue, log, loseDevice } = fakeDevice()
  queue.run(program([40, 40, 40]))
  queue.inTurn(() => log.push('read'))
  await loseDevice()
  expect(log.at(-1)).toBe('read')
  expect(queue.behind).toBe(false)
})
