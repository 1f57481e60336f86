import { describe, expect, it } from 'vitest'
import { DEVICES } from '../../../../src-main/headless/testing/devices.ts'
import { schedule } from '../optim/step-inputs.ts'
import { noise, relativeError, useBench } from './bench.ts'
import { adamWReference } from './adamw.reference.ts'

const SPECS = [
  { name: 'a', shape: [9, 11] },
  { name: 'b', shape: [65] },
  { name: 'c', shape: [1] },
  { name: 'd', shape: [40, 30] },
]
const DECAYS = new Set(['a', 'd'])
const hyper = { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 }
const lengthOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

describe.each(DEVICES)('AdamW, %s', (_, open) => {
  const bench = useBench(open)

  async function prepare(maxNorm: number) {
    const { backend } = bench()
    const packed = () => backend.allocatePacked('params', SPECS)
    const [params, grads, m, v] = await Promise.all([packed(), packed(), packed(), packed()])
    const inputs = await backend.allocate('workspace', [
      { name: 'schedule', shape: [3] },
      { name: 'results', shape: [4] },
    ])
    const results = inputs.get('results')
    const program = await backend.record('test', (ops) => {
      ops.gradNorm({ grads, maxNorm, results })
      ops.adamW({ params, grads, m, v, decays: DECAYS, schedule: inputs.get('schedule'), results, ...hyper })
    })
    const free = () => [params, grads, m, v, inputs, program].forEach((r) => r.free())
    return { backend, params, grads, m, v, schedule: inputs.get('schedule'), results, program, free }
  }

  it.each([
    ['clipped', 1, 1],
    ['within the limit', 1, 1e-4],
    ['without a limit', 0, 1],
  ])('three steps, %s', async (_name, maxNorm, size) => {
    const { backend, params, grads, m, v, results, program, free, ...t } = await prepare(maxNorm)
    const state = new Map(
      SPECS.map(({ name, shape }, i) => {
        const p = noise(lengthOf(shape), i)
        backend.write(params.get(name), p)
        return [
          name,
          { p: Float64Array.from(p), m: new Float64Array(p.length), v: new Float64Array(p.length) },
        ] as const
      }),
    )
    for (let step = 1; step <= 3; step++) {
      const learningRate = 0.01 * step
      const gradients = SPECS.map(({ shape }, i) => noise(lengthOf(shape), 10 * step + i, size))
      SPECS.forEach(({ name }, i) => backend.write(grads.get(name), gradients[i]!))
      backend.write(t.schedule, schedule({ learningRate, step, seed: 0 }, { ...hyper, gradClip: maxNorm }))
      backend.run(program)
      const norm = Math.sqrt(gradients.reduce((sum, g) => sum + g.reduce((s, x) => s + x * x, 0), 0))
      const factor = maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1
      const [, gotNorm, gotFactor] = await backend.read(results)
      expect(Math.abs(gotNorm! / norm - 1)).toBeLessThan(1e-6)
      expect(Math.abs(gotFactor! / factor - 1)).toBeLessThan(1e-6)
      SPECS.forEach(({ name }, i) => {
        const clipped = Float64Array.from(gradients[i]!, (x) => x * factor)
        adamWReference(state.get(name)!, clipped, { ...hyper, learningRate, step, decay: DECAYS.has(name) })
      })
    }
    for (const { name } of SPECS) {
      expect(relativeError(await backend.read(params.get(name)), state.get(name)!.p)).toBeLessThan(2e-6)
      expect(relativeError(await backend.read(m.get(name)), state.get(name)!.m)).toBeLessThan(2e-6)
      expect(relativeError(await backend.read(v.get(name)), state.get(name)!.v)).toBeLessThan(2e-6)
    }
    free()
  })

  it.each([Number.NaN, Infinity])('changes nothing when a gradient is %f', async (bad) => {
    const { backend, params, grads, m, results, program, free, ...t } = await prepare(1)
    const before = noise(65, 1)
    backend.write(params.get('b'), before)
    backend.write(grads.get('d'), Float32Array.of(1, bad))
    backend.write(t.schedule, Float32Array.of(0.1, 0.1, 0.05))
    backend.run(program)
    expect(Number.isFinite((await backend.read(results))[1])).toBe(false)
    expect(await backend.read(params.get('b'))).toEqual(before)
    expect((await backend.read(m.get('d'))).every((x) => x === 0)).toBe(true)
    free()
  })
})
