import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCpuNode } from '../../../../src-main/headless/cpu-node.ts'
import { noise } from '../catalogue/bench.ts'
import { openWebGpu } from '../webgpu/webgpu-backend.ts'
import type { InspectableBackend } from './profile.ts'

describe.each([
  ['webgpu', () => openWebGpu()],
  ['cpu', () => openCpuNode(2)],
] as const)('%s', (kind, open) => {
  let backend: InspectableBackend
  beforeAll(async () => {
    backend = await open()
  })
  afterAll(() => backend.destroy())

  it('times every operation of a program, which is run by that', async () => {
    const [m, n, k] = [64, 64, 256]
    const tensors = await backend.allocate('workspace', [
      { name: 'a', shape: [m, k] },
      { name: 'b', shape: [k, n] },
      { name: 'c', shape: [m, n] },
      { name: 'sums', shape: [n] },
    ])
    const [a, b, out, sums] = ['a', 'b', 'c', 'sums'].map((name) => tensors.get(name))
    const program = await backend.record('two products', (ops) => {
      ops.matmul({ layout: 'nn', a: a!, b: b!, out: out!, m, n, k })
      ops.columnSum({ x: out!, out: sums!, rows: m, columns: n })
    })
    backend.write(a!, noise(m * k, 1))
    backend.write(b!, noise(k * n, 2))
    backend.run(program)
    const want = await backend.read(out!)
    backend.write(out!, new Float32Array(m * n))
    const before = { ...backend.counters }
    const { ops, clock } = await backend.profile(program)
    expect(await backend.read(out!)).toEqual(want)
    expect(ops.map(({ op, detail }) => `${op} ${detail}`)).toEqual(['matmul nn 64 x 64 x 256', 'columnSum 64 x 64'])
    for (const { ms, dispatches } of ops) {
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(dispatches).toBeGreaterThan(0)
    }
    expect(ops[0]!.ms).toBeGreaterThan(0)
    if (kind === 'cpu') expect(clock).toBe('wall')
    // Nothing of it stays behind.
    expect(backend.counters).toMatchObject({
      buffers: before.buffers,
      bytes: before.bytes,
      bindGroups: before.bindGroups,
    })
    program.free()
    tensors.free()
  })

  it('measures what the device does at most, once', async () => {
    const before = { ...backend.counters }
    const peaks = await backend.peaks()
    expect(peaks.f32).toBeGreaterThan(0.1)
    expect(peaks.copy).toBeGreaterThan(0.01)
    expect(await backend.peaks()).toBe(peaks)
    expect(backend.counters.bytes).toBeLessThanOrEqual(before.bytes + 1024)
  })

  it('says what it is, in words and numbers with units', () => {
    const groups = backend.facts()
    expect(groups.length).toBeGreaterThan(0)
    for (const { title, facts } of groups) {
      expect(title).not.toBe('')
      for (const { name, value } of facts) expect(`${name} ${value}`).not.toMatch(/undefined|NaN|\[object/)
    }
    const all = groups.flatMap(({ facts }) => facts.map(({ name }) => name))
    expect(all).toContain(kind === 'cpu' ? 'Threads' : 'Largest binding')
  })
})
