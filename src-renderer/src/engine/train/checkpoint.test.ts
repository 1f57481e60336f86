import { expect, test } from 'vitest'
import { parameterTable } from '@shared/model/parameters.ts'
import { presetConfig } from '@shared/model/presets.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { checkpointFiles, readModelFile, readOptimFile, type CheckpointFile } from './checkpoint.ts'
import { initialParams } from './initial.ts'

const config = presetConfig('pocket', 100)
const table = parameterTable(config, { kind: 'lm' })

async function whole(file: CheckpointFile): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of file.parts()) parts.push(part)
  const bytes = new Uint8Array(Buffer.concat(parts))
  expect(bytes.length).toBe(file.bytes)
  return bytes
}

test('parameters and moments come back bit for bit', async () => {
  const odd = (scale: number): TensorMap =>
    new Map(
      table.map(({ name, shape }, i) => [
        name,
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => Math.sin(k + i) * scale),
      ]),
    )
  const state = { params: initialParams(config, { kind: 'lm' }, 1), m: odd(1e-8), v: odd(1e-38) }
  const [model, optim, ...none] = checkpointFiles(table, state)
  expect(none).toEqual([])
  expect([model!.name, optim!.name]).toEqual(['model.safetensors', 'optim.safetensors'])
  expect(readModelFile(await whole(model!), table)).toEqual(state.params)
  expect(readOptimFile(await whole(optim!), table)).toEqual({ m: state.m, v: state.v })
})

test('without moments there is one file', () => {
  expect(checkpointFiles(table, { params: initialParams(config, { kind: 'lm' }, 1) }).length).toBe(1)
})

test('another architecture, a cut file and a flipped header bit are told apart from a good one', async () => {
  const bytes = await whole(checkpointFiles(table, { params: initialParams(config, { kind: 'lm' }, 1) })[0]!)
  const wider = parameterTable(presetConfig('pocket', 101), { kind: 'lm' })
  expect(() => readModelFile(bytes, wider)).toThrow(/wte\.weight has shape \[100, 64\]; \[101, 64\] was expected/)
  expect(() => readModelFile(bytes.subarray(0, bytes.length - 4), table)).toThrow(
    expect.objectContaining({ code: 'corrupt' }),
  )
  const flipped = bytes.slice()
  flipped[20]! ^= 4
  expect(() => readModelFile(flipped, table)).toThrow(expect.objectContaining({ code: 'corrupt' }))
})
