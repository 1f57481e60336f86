import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../contract/errors.ts'
import { readSafetensors, toFloat32, writeSafetensors } from './safetensors.ts'

const tensorArb = fc.record({
  shape: fc.array(fc.nat(4), { maxLength: 3 }),
  seed: fc.float({ noNaN: true }),
})
const fileArb = fc
  .dictionary(
    fc.string().filter((name) => name !== '__metadata__'),
    tensorArb,
    { maxKeys: 6 },
  )
  .map((entries) =>
    Object.entries(entries).map(([name, { shape, seed }]) => {
      const data = new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(seed)
      return { name, dtype: 'F32' as const, shape, data }
    }),
  )

it('any set of tensors survives a round trip', () => {
  fc.assert(
    fc.property(fileArb, (tensors) => {
      const back = readSafetensors(writeSafetensors(tensors)).tensors
      expect(back.size).toBe(tensors.length)
      for (const { name, shape, data } of tensors) {
        expect(back.get(name)!.shape).toEqual(shape)
        expect(toFloat32(back.get(name)!)).toEqual(data)
      }
    }),
  )
})

it('a damaged file is either read or refused with a plain error, never anything else', () => {
  fc.assert(
    fc.property(
      fileArb,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
      (tensors, edits, cut) => {
        const file = writeSafetensors(tensors)
        for (const [at, value] of edits) file[at % file.length] = value
        const damaged = file.subarray(0, file.length - (cut % 3 === 0 ? cut % file.length : 0))
        try {
          readSafetensors(damaged)
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      },
    ),
    { numRuns: 500 },
  )
})
