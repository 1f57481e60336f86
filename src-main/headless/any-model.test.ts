import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { initialParams } from '@engine/train/initial.ts'
import { initialState } from '@engine/train/trainer.ts'
import { HostIo } from '@engine/worker/host-io.ts'
import { MainClient } from '@engine/worker/rpc.ts'
import { call, createRun, tempDir, testStudio } from '../testing/studio.ts'
import { readAnyModel } from './any-model.ts'

const LM = { kind: 'lm' } as const

/** A run of the studio with two checkpoints, the older one the best. */
async function trainedRun() {
  const { studio, dataDir } = await testStudio()
  const run = await createRun(studio, dataDir)
  const client = new MainClient('http://studio', 'x', (url, init) => studio.handle(new Request(url as string, init)))
  const io = new HostIo(client, run)
  const weights = (seed: number) => initialParams(run.config, LM, seed)
  for (const step of [5, 10]) {
    const session = { params: weights(step), m: weights(100), v: weights(101) }
    await io.save({ trainState: { ...initialState(1), step }, session, valLoss: step, best: step === 5 })
  }
  const { checkpoints } = await call(studio, 'runs.get', { id: run.id })
  const folder = join(dataDir, 'runs', run.id)
  return { folder, weights, run, checkpoint: (i: number) => join(folder, 'checkpoints', checkpoints[i]!.id) }
}

const first = (params: Map<string, Float32Array>) => [...params.get('transformer.wte.weight')!.subarray(0, 4)]

describe('readAnyModel', () => {
  test('takes the best checkpoint of a run folder, and the one of a checkpoint folder', async () => {
    const { folder, weights, run, checkpoint } = await trainedRun()
    const best = await readAnyModel(folder)
    expect(best.config).toEqual(run.config)
    expect(first(best.params)).toEqual(first(weights(5)))
    expect(JSON.parse(best.tokenizerJson)).toHaveProperty('added_tokens')
    expect(first((await readAnyModel(checkpoint(1))).params)).toEqual(first(weights(10)))
  })

  test('names a checkpoint with a flipped bit', async () => {
    const { checkpoint } = await trainedRun()
    const file = join(checkpoint(0), 'model.safetensors')
    const bytes = await readFile(file)
    bytes[bytes.length - 1]! ^= 1
    await writeFile(file, bytes)
    await expect(readAnyModel(checkpoint(0))).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('model.safetensors has changed on disk') as string,
    })
  })

  test('says so where there is no model', async () => {
    await expect(readAnyModel(await tempDir())).rejects.toMatchObject({ code: 'not_found' })
  })
})
