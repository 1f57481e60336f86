import { expect, it } from 'vitest'
import { openWebGpu } from './webgpu-backend.ts'

it('says what it runs on', async () => {
  const backend = await openWebGpu()
  expect(backend.info.kind).toBe('webgpu')
  expect(backend.info.adapter).not.toBe('')
  if (/swiftshader/i.test(backend.info.adapter)) expect(backend.info.fallback).toBe(true)
  backend.destroy()
})

it('reads and writes parts, in order with runs', async () => {
  const backend = await openWebGpu()
  const tensors = await backend.allocate('workspace', [{ name: 'x', shape: [5] }])
  const x = tensors.get('x')
  expect(() => tensors.get('y')).toThrow('no tensor y')
  backend.write(x, Float32Array.of(1, 2, 3, 4, 5))
  const first = backend.read(x, 1, 3)
  backend.write(x, Float32Array.of(9))
  const program = await backend.record('fill', (ops) => ops.fill({ out: x, value: 7 }))
  const second = backend.read(x)
  backend.run(program)
  const third = backend.read(x, 4)
  expect(await first).toEqual(Float32Array.of(2, 3, 4))
  expect(await second).toEqual(Float32Array.of(9, 2, 3, 4, 5))
  expect(await third).toEqual(Float32Array.of(7))
  expect(() => backend.write(x, new Float32Array(6))).toThrow('x holds 5 numbers')
  backend.destroy()
})

it('reads a tensor larger than one piece', async () => {
  const backend = await openWebGpu()
  const length = 2 ** 22 + 5
  const tensors = await backend.allocatePacked('workspace', [
    { name: 'before', shape: [3] },
    { name: 'x', shape: [length] },
  ])
  const data = Float32Array.from({ length }, (_, i) => i % 1013)
  backend.write(tensors.get('x'), data)
  const got = await backend.read(tensors.get('x'))
  expect(got.length).toBe(length)
  expect(got.every((value, i) => value === data[i])).toBe(true)
  expect(await backend.read(tensors.get('before'))).toEqual(new Float32Array(3))
  backend.destroy()
})

it('refuses a tensor that it cannot bind, with nothing left allocated', async () => {
  const backend = await openWebGpu()
  const { bytes, buffers } = { ...backend.counters }
  const specs = [
    { name: 'small', shape: [4] },
    { name: 'wide', shape: [2 ** 20, 2 ** 20] },
  ]
  await expect(backend.allocate('params', specs)).rejects.toMatchObject({ code: 'too_large' })
  // Packed it could be cut up, if only there were so much memory.
  await expect(backend.allocatePacked('params', specs)).rejects.toMatchObject({ code: 'out_of_memory' })
  expect(backend.counters).toMatchObject({ bytes, buffers })
  backend.destroy()
})

it('rejects everything with gpu_lost once the device is gone, also what was under way', async () => {
  const backend = await openWebGpu()
  const tensors = await backend.allocate('workspace', [{ name: 'x', shape: [2 ** 20] }])
  const program = await backend.record('fill', (ops) => ops.fill({ out: tensors.get('x'), value: 7 }))
  for (let i = 0; i < 20; i++) backend.run(program)
  const reading = backend.read(tensors.get('x'))
  backend.destroy()
  await expect(reading).rejects.toMatchObject({ code: 'gpu_lost' })
  expect(() => backend.run(program)).toThrow('was lost')
  expect(() => backend.write(tensors.get('x'), Float32Array.of(1))).toThrow('was lost')
  await expect(backend.read(tensors.get('x'))).rejects.toMatchObject({ code: 'gpu_lost' })
  await expect(backend.allocate('params', [])).rejects.toMatchObject({ code: 'gpu_lost' })
  expect(await backend.lost).toMatchObject({ reason: 'destroyed' })
  tensors.free()
  program.free()
})

it('gives the same, in order and without further memory, however small the portions that it is given', async () => {
  const rounds = async (portion: number) => {
    const backend = await openWebGpu(undefined, portion)
    const tensors = await backend.allocate('workspace', [
      { name: 'x', shape: [64, 64] },
      { name: 'y', shape: [64, 64] },
      { name: 'shift', shape: [64, 64] },
    ])
    const [x, y, b] = [tensors.get('x'), tensors.get('y'), tensors.get('shift')]
    // Moves every column one further.
    backend.write(
      b,
      Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 64 === (Math.floor(i / 64) + 1) % 64 ? 1 : 0)),
    )
    const product = { layout: 'nn', m: 64, n: 64, k: 64 } as const
    const program = await backend.record('there and back', (ops) => {
      for (let i = 0; i < 5; i++) {
        ops.matmul({ ...product, a: x, b, out: y })
        ops.matmul({ ...product, a: y, b, out: x })
      }
    })
    const data = Float32Array.from({ length: 64 * 64 }, (_, i) => Math.sin(i))
    const before = { ...backend.counters }
    const read: Promise<Float32Array>[] = []
    for (let round = 0; round < 3; round++) {
      // Changed by the next round while this one may still wait.
      data[0] = round
      backend.write(x, data)
      backend.run(program)
      read.push(backend.read(x, 0, 64))
    }
    const got = await Promise.all(read)
    const { submits, bindGroups } = backend.counters
    expect(bindGroups).toBe(before.bindGroups)
    program.free()
    tensors.free()
    backend.destroy()
    return { got, submits: submits - before.submits }
  }
  const whole = await rounds(1)
  const cut = await rounds(1 / 500)
  expect(cut.got).toEqual(whole.got)
  expect(whole.got.map((row) => row[10])).toEqual([0, 1, 2])
  expect(cut.submits).toBeGreaterThan(whole.submits)
})
