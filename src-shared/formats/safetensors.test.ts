import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../contract/errors.ts'
import { readSafetensors, safetensorsHeader, safetensorsParts, toFloat32, writeSafetensors } from './safetensors.ts'

const encoder = new TextEncoder()

/** A file from a raw header text and a number of data bytes, with nothing put right. */
function raw(header: string, dataBytes: number, claimed = encoder.encode(header).length): Uint8Array {
  const json = encoder.encode(header)
  const file = new Uint8Array(8 + json.length + dataBytes)
  new DataView(file.buffer).setBigUint64(0, BigInt(claimed), true)
  file.set(json, 8)
  return file
}

function refusal(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect((error as AppError).code).toBe('corrupt')
    return (error as AppError).message
  }
  throw new Error('was accepted')
}

const sample = [
  { name: 'b', dtype: 'F32' as const, shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 0) },
  { name: 'flags', dtype: 'U8' as const, shape: [3], data: Uint8Array.of(1, 2, 3) },
  { name: 'a', dtype: 'F32' as const, shape: [], data: Float32Array.of(7) },
  { name: 'ids', dtype: 'I32' as const, shape: [2], data: Int32Array.of(-1, 5) },
  { name: 'none', dtype: 'F32' as const, shape: [0, 4], data: new Float32Array(0) },
]

describe('writing', () => {
  it('gives back what was written, in the order of the reference writer', () => {
    const file = writeSafetensors(sample, { note: 'x' })
    const { tensors, metadata } = readSafetensors(file)
    expect(metadata).toEqual({ format: 'pt', note: 'x' })
    expect([...tensors.keys()]).toEqual(['a', 'b', 'none', 'ids', 'flags'])
    expect(tensors.get('b')).toMatchObject({ dtype: 'F32', shape: [2, 2] })
    expect([...toFloat32(tensors.get('b')!)]).toEqual([1, -2, 3.5, 0])
    expect([...tensors.get('flags')!.data]).toEqual([1, 2, 3])
    expect(tensors.get('none')!.shape).toEqual([0, 4])
  })

  it('pads the header to a multiple of 8 with spaces', () => {
    for (let length = 1; length <= 8; length++) {
      const { header } = safetensorsHeader([{ name: 'x'.repeat(length), dtype: 'F32', shape: [1] }])
      expect(header.length % 8).toBe(0)
      expect(new TextDecoder().decode(header.subarray(8))).toMatch(/^\{.*\} *$/)
    }
  })

  it('refuses data of the wrong length and a name used twice', () => {
    expect(() => writeSafetensors([{ name: 'a', dtype: 'F32', shape: [2], data: new Float32Array(3) }])).toThrow(
      /3 values/,
    )
    expect(() => safetensorsHeader([0, 1].map(() => ({ name: 'a', dtype: 'F32', shape: [1] })))).toThrow(/twice/)
  })

  it('cuts into parts that join to the same file, asking for one tensor at a time', async () => {
    const whole = writeSafetensors(sample)
    for (const partBytes of [1, 7, 64, whole.length, 10_000]) {
      const asked: string[] = []
      const parts: Uint8Array[] = []
      const layout = safetensorsHeader(sample)
      for await (const part of safetensorsParts(
        layout,
        (e) => (asked.push(e.name), sample.find((s) => s.name === e.name)!.data),
        partBytes,
      )) {
        parts.push(part)
      }
      expect(layout.totalBytes).toBe(whole.length)
      expect(parts.slice(0, -1).every((part) => part.length === partBytes)).toBe(true)
      expect(Buffer.concat(parts).equals(whole)).toBe(true)
      expect(asked).toEqual(['a', 'b', 'none', 'ids', 'flags'])
    }
  })
})

describe('values', () => {
  const tensor = (dtype: string, data: ArrayBufferView) =>
    toFloat32({ dtype, shape: [0], data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) })

  it('widens F16, with zero, subnormal, infinity and NaN', () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x0000, 0x8000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x7e00)
    expect([...tensor('F16', bits)]).toEqual([1, -2, 0, -0, 2 ** -24, 1023 * 2 ** -24, 65504, Infinity, -Infinity, NaN])
  })

  it('widens BF16 and rounds F64', () => {
    expect([...tensor('BF16', Uint16Array.of(0x3f80, 0xc040, 0x7f80))]).toEqual([1, -3, Infinity])
    expect([...tensor('F64', Float64Array.of(0.1, 1e300))]).toEqual([Math.fround(0.1), Infinity])
  })

  it('reads data that starts at an odd place', () => {
    const bytes = new Uint8Array(9)
    new DataView(bytes.buffer).setFloat32(1, 2.5, true)
    expect([...toFloat32({ dtype: 'F32', shape: [2], data: bytes.subarray(1, 9) })]).toEqual([2.5, 0])
  })

  it('refuses integers where floats are wanted', () => {
    expect(() => tensor('I64', new Uint8Array(8))).toThrow(/I64/)
  })
})

describe('hostile files', () => {
  const entry = (dtype: string, shape: string, begin: number, end: number) =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /0 bytes/],
    ['cut off in the length', new Uint8Array(7), /7 bytes/],
    ['huge header', raw('{}', 0, 2 ** 40), /longer than/],
    ['header over the cap', raw('{}', 0, 100_000_001), /longer than/],
    ['header beyond the end', raw('{}', 0, 10), /only 2 follow/],
    ['no object', raw('[]', 0), /start with/],
    ['leading space', raw(' {}', 0), /start with/],
    ['broken JSON', raw('{"a":', 0), /JSON/],
    ['not UTF-8', Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d), /UTF-8/],
    ['deep nesting', raw('{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000), 0), /deep/],
    ['a name twice', raw(`{"a":${entry('U8', '[1]', 0, 1)},"a":${entry('U8', '[1]', 0, 1)}}`, 1), /"a" twice/],
    [
      'a name twice, once escaped',
      raw(`{"a":${entry('U8', '[1]', 0, 1)},"\\u0061":${entry('U8', '[1]', 0, 1)}}`, 1),
      /twice/,
    ],
    ['a field twice', raw('{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1), /"dtype" twice/],
    ['unknown type', raw(`{"a":${entry('Q9', '[1]', 0, 1)}}`, 1), /"Q9"/],
    ['type from the prototype', raw(`{"a":${entry('toString', '[1]', 0, 1)}}`, 1), /unknown number type/],
    ['negative shape', raw(`{"a":${entry('U8', '[-1]', 0, 1)}}`, 1), /valid shape/],
    ['fraction in shape', raw(`{"a":${entry('U8', '[0.5]', 0, 1)}}`, 1), /valid shape/],
    ['no shape', raw('{"a":{"dtype":"U8","data_offsets":[0,1]}}', 1), /valid shape/],
    ['overflowing shape', raw(`{"a":${entry('U8', '[4294967296,4294967296,4294967296]', 0, 0)}}`, 0), /impossible/],
    ['bytes overflow', raw(`{"a":${entry('F64', '[9007199254740991]', 0, 0)}}`, 0), /does not fill/],
    ['size unlike shape', raw(`{"a":${entry('F32', '[2]', 0, 4)}}`, 4), /does not fill/],
    ['half a byte', raw(`{"a":${entry('F4', '[3]', 0, 1)}}`, 1), /does not fill/],
    ['offsets reversed', raw(`{"a":${entry('U8', '[1]', 1, 0)}}`, 1), /does not fill/],
    ['one offset', raw('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1]}}', 1), /data_offsets/],
    ['a hole', raw(`{"a":${entry('U8', '[1]', 0, 1)},"b":${entry('U8', '[1]', 2, 3)}}`, 3), /"b" starts at byte 2/],
    ['an overlap', raw(`{"a":${entry('U8', '[2]', 0, 2)},"b":${entry('U8', '[2]', 1, 3)}}`, 3), /"b" starts at byte 1/],
    ['a hole at the start', raw(`{"a":${entry('U8', '[1]', 1, 2)}}`, 2), /"a" starts at byte 1/],
    ['beyond the end', raw(`{"a":${entry('U8', '[2]', 0, 2)}}`, 1), /beyond the end/],
    ['rest at the end', raw(`{"a":${entry('U8', '[1]', 0, 1)}}`, 2), /cover 1 bytes/],
    ['data without tensors', raw('{}', 1), /cover 0 bytes/],
    ['metadata not texts', raw('{"__metadata__":{"a":1}}', 0), /__metadata__/],
    ['metadata not an object', raw('{"__metadata__":null}', 0), /__metadata__/],
    ['entry not an object', raw('{"a":null}', 0), /not described/],
  ]
  it.each(cases)('%s is refused', (_name, bytes, message) => {
    expect(refusal(bytes)).toMatch(message)
  })

  it('a name like a property of Object is only a name', () => {
    const { tensors } = readSafetensors(raw(`{"__proto__":${entry('U8', '[1]', 0, 1)}}`, 1))
    expect([...tensors.keys()]).toEqual(['__proto__'])
  })
})

const fixtures = resolve(import.meta.dirname, '../../../shared/fixtures')
describe.skipIf(!existsSync(fixtures))('files of the reference writer', () => {
  it.each(['f6_standard/model', 'c1_cls2/batches', 'l2_lora_qv/adapter_model'])('%s is read in full', (name) => {
    const bytes = readFileSync(resolve(fixtures, `${name}.safetensors`))
    const { tensors } = readSafetensors(bytes)
    expect(tensors.size).toBeGreaterThan(0)
    for (const { dtype, data } of tensors.values()) {
      if (dtype === 'F32') expect(data.length % 4).toBe(0)
    }
  })
})
