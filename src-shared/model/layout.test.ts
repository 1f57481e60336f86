import { expect, it } from 'vitest'
import { CPU_LAYOUT, packTensors, tensorBytes, WEBGPU_LAYOUT } from './layout.ts'

const tensor = (name: string, ...shape: number[]) => ({ name, shape })

it('packs tensors one after another, each aligned, into segments no larger than a binding', () => {
  const specs = [tensor('a', 10, 10), tensor('b', 3), tensor('c', 100)]
  const { lengths, places } = packTensors(specs, WEBGPU_LAYOUT, 4 * 256)
  expect(lengths).toEqual([256, 128])
  expect(places.get('b')).toEqual([{ segment: 0, start: 128, row: 0, rows: 3 }])
  expect(places.get('c')).toEqual([{ segment: 1, start: 0, row: 0, rows: 100 }])
  expect(packTensors(specs, CPU_LAYOUT, Infinity).lengths).toEqual([128 + 64 + 128])
})

it('cuts what no binding holds into windows of whole rows, whole vectors of them where it can', () => {
  const { lengths, places } = packTensors([tensor('wte', 23, 100), tensor('b', 5)], WEBGPU_LAYOUT, 4 * 1024)
  expect(places.get('wte')).toEqual([
    { segment: 0, start: 0, row: 0, rows: 8 },
    { segment: 1, start: 0, row: 8, rows: 8 },
    { segment: 2, start: 0, row: 16, rows: 7 },
  ])
  expect(places.get('b')).toEqual([{ segment: 2, start: 768, row: 0, rows: 5 }])
  expect(lengths).toEqual([896, 896, 896])
})

it('knows the bytes of a tensor that lies by itself', () => {
  expect(tensorBytes(tensor('x', 3), WEBGPU_LAYOUT)).toBe(16)
  expect(tensorBytes({ ...tensor('x', 9), dtype: 'f16' }, WEBGPU_LAYOUT)).toBe(32)
  expect(tensorBytes(tensor('x', 3), CPU_LAYOUT)).toBe(64)
})
