import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { presetConfig } from '@shared/model/presets.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { initialParams } from '@engine/train/initial.ts'
import { RunModel } from '@engine/train/run-model.ts'
import { initialState } from '@engine/train/trainer.ts'
import { FsIo } from './fs-io.ts'
import { readModelFolder, writeModelFolder } from './model-folder.ts'

const config = presetConfig('pocket', 60)
const model = new RunModel(config, { kind: 'lm' }, { kind: 'all' })
let folder = ''
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gradus-io-'))))
afterEach(() => rm(folder, { recursive: true }))

/** Bit for bit; a failing toEqual would print a million numbers. */
const equal = (a: TensorMap, b: TensorMap) =>
  a.size === b.size &&
  [...a].every(([name, values]) => Buffer.from(values.buffer).equals(Buffer.from(b.get(name)!.buffer)))

const checkpoint = (step: number, best: boolean) => ({
  trainState: { ...initialState(1), step },
  session: {
    params: initialParams(config, { kind: 'lm' }, step),
    m: initialParams(config, { kind: 'lm' }, step + 1),
    v: initialParams(config, { kind: 'lm' }, step + 2),
  },
  valLoss: 1,
  best,
})

test('keeps the newest checkpoint and the best, and gives both back whole', async () => {
  const io = new FsIo(folder, model, { train: [], val: [] })
  expect(await io.load('newest')).toBeNull()
  await io.save(checkpoint(10, true))
  await io.save(checkpoint(20, true))
  await io.save(checkpoint(30, false))
  await io.save(checkpoint(40, false))
  expect((await readdir(join(folder, 'checkpoints'))).sort()).toEqual(['00000020', '00000040'])
  const { trainState, session } = checkpoint(40, false)
  const newest = (await io.load('newest'))!
  expect(newest.trainState).toEqual(trainState)
  for (const what of ['params', 'm', 'v'] as const) expect(equal(newest.session[what]!, session[what])).toBe(true)
  expect((await io.load('best'))?.trainState.step).toBe(20)
})

test('a resumed run goes on behind its checkpoint in the log', async () => {
  const io = new FsIo(folder, model, { train: [], val: [] })
  await io.append(
    [1, 2, 3].map((step) => ({ step, elapsedMs: step })),
    [],
  )
  await io.trimLog(2)
  await io.append([{ step: 3, elapsedMs: 9 }], [])
  const lines = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { step: 1, elapsedMs: 1 },
    { step: 2, elapsedMs: 2 },
    { step: 3, elapsedMs: 9 },
  ])
})

test('a model folder comes back as it was written', async () => {
  const params = initialParams(config, { kind: 'lm' }, 3)
  await writeModelFolder(folder, { config, params, tokenizerJson: '{}', endId: 59 })
  expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json'])
  const back = await readModelFolder(folder)
  expect(back).toMatchObject({ config, tokenizerJson: '{}' })
  expect(equal(back.params, params)).toBe(true)
})

test('a folder that is none is named', async () => {
  await expect(readModelFolder(join(folder, 'nothing'))).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('There is no config.json in') as string,
  })
})
