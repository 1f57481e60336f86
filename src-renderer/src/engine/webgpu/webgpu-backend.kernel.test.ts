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
  await expect(backend.allocatePacked('params', specs)).rejects.toMatchObject({ code: 'too_large' })
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
