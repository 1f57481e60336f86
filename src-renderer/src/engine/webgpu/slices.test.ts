import { expect, it } from 'vitest'
import { estimate, Slices, speedOf } from './slices.ts'

const slicesOf = (slices: Slices) => slices.ends.map((end, i) => [slices.ends[i - 1] ?? 0, end] as const)

it('leaves a short program whole, and an empty one empty', () => {
  expect(new Slices([1, 2, 3], 50).ends).toEqual([3])
  expect(new Slices([], 50).ends).toEqual([])
})

it('cuts a long one into slices of about equal time, none longer than it should be', () => {
  const slices = new Slices(new Array<number>(24).fill(5), 50)
  expect(slicesOf(slices).map(([from, to]) => slices.sum(from, to))).toEqual([40, 40, 40])
  const mixed = new Slices([30, 30, 30, 5, 5, 5, 60, 1], 50)
  for (const [from, to] of slicesOf(mixed)) expect(to - from === 1 || mixed.sum(from, to) <= 50).toBe(true)
})

it('cuts by number where dispatches are free', () => {
  expect(new Slices(new Array<number>(1100).fill(0), 50).ends.length).toBe(1)
  expect(new Slices(new Array<number>(1100).fill(0.001), 50).ends).toEqual([512, 1024, 1100])
})

it('learns from the time that submits took, in both directions', () => {
  const slices = new Slices(new Array<number>(10).fill(1), 50)
  expect(slices.ends).toEqual([10])
  const run = (msOf: number) => {
    for (const [from, to] of slicesOf(slices)) slices.learn(from, to, (to - from) * msOf)
  }
  for (let i = 0; i < 10; i++) run(20)
  expect(slices.ends.length).toBeGreaterThan(3)
  for (const [from, to] of slicesOf(slices)) expect((to - from) * 20).toBeLessThan(65)
  for (let i = 0; i < 10; i++) run(1)
  expect(slices.ends).toEqual([10])
})

it('makes little of one odd timing', () => {
  const slices = new Slices(new Array<number>(10).fill(2), 50)
  slices.learn(0, 10, 60_000)
  expect(slices.sum(0, 10)).toBe(40)
  expect(slices.ends).toEqual([10])
})

it('estimates by operations or bytes, whichever takes longer', () => {
  const speed = speedOf(false)
  const call = { name: '', source: '', bindings: [], integers: [], workgroups: [1, 1] } as const
  expect(estimate(call, speed)).toBe(speed.dispatch)
  expect(estimate({ ...call, flops: 10 * speed.flops }, speed)).toBeCloseTo(10 + speed.dispatch)
  const scratch = { kind: 'scratch', length: 5 * speed.bytes } as const
  expect(estimate({ ...call, flops: speed.flops, bindings: [scratch, null] }, speed)).toBeCloseTo(20 + speed.dispatch)
})

it('goes by the time of large products where they were timed, and takes the rest to be half as fast', () => {
  expect(speedOf(false, 100)).toEqual({ ...speedOf(false), flops: 5e7 })
  expect(speedOf(true, 100)).toEqual(speedOf(true))
})
