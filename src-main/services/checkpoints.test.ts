import { appendFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '@shared/contract/schemas.ts'
import { describe, expect, it } from 'vitest'
import type { Studio } from '../app/studio.ts'
import { call, createRun, put, request, saveCheckpoint, testStudio, trainState } from '../testing/studio.ts'
import { createCheckpoints } from './checkpoints.ts'
import { createContext } from './context.ts'
import { createProjects } from './projects.ts'
import { createRuns } from './runs.ts'

async function open() {
  const { studio, dataDir, log } = await testStudio()
  const run = await createRun(studio, dataDir)
  const folder = join(dataDir, 'runs', run.id, 'checkpoints')
  return { studio, dataDir, log, run, folder }
}

const latest = (studio: Studio, run: Run, prefer: 'newest' | 'best' = 'newest') =>
  call(studio, 'checkpoints.latest', { runId: run.id, prefer })

describe('a checkpoint', () => {
  it('is committed with manifest and hashes, and its files can be read by range', async () => {
    const { studio, run, folder } = await open()
    const id = await saveCheckpoint(studio, run.id, 5)
    expect((await readdir(join(folder, id))).sort()).toEqual([
      'manifest.json',
      'model.safetensors',
      'optim.safetensors',
    ])
    const { manifest, skipped } = await latest(studio, run)
    expect(skipped).toEqual([])
    expect(manifest).toMatchObject({ id, runId: run.id, state: trainState(5), files: [{ bytes: 20 }, { bytes: 10 }] })
    expect((await call(studio, 'runs.get', { id: run.id })).checkpoints).toMatchObject([{ id, step: 5, bytes: 30 }])
    const path = `/blobs/checkpoints/${run.id}/${id}/model.safetensors`
    expect(await (await studio.handle(request(path, { headers: { range: 'bytes=10-16' } }))).text()).toBe('weights')
  })

  it('cannot be read before it is committed, nor written after', async () => {
    const { studio, run } = await open()
    const { id } = await call(studio, 'checkpoints.begin', { runId: run.id, step: 1, bytes: 3 })
    const path = `/blobs/checkpoints/${run.id}/${id}/model.safetensors`
    await put(studio, `${path}?offset=0`, 'abc')
    expect((await studio.handle(request(path))).status).toBe(404)
    const files = [{ name: 'model.safetensors', bytes: 3 }]
    const commit = { runId: run.id, id, state: trainState(1), valLoss: null, best: false, files }
    await call(studio, 'checkpoints.commit', commit)
    expect((await put(studio, `${path}?offset=3`, 'x')).status).toBe(404)
    await expect(call(studio, 'checkpoints.commit', commit)).rejects.toMatchObject({ code: 'not_found' })
  })

  it.each([
    ['a part is missing', [{ name: 'model.safetensors', bytes: 6 }], '3 of 6 bytes'],
    [
      'a file is missing',
      [
        { name: 'model.safetensors', bytes: 3 },
        { name: 'x', bytes: 1 },
      ],
      'x: 0 of 1',
    ],
    ['a file is not listed', [], 'not those that were sent'],
  ])('is not committed when %s, and can be mended', async (_, files, message) => {
    const { studio, run } = await open()
    const { id } = await call(studio, 'checkpoints.begin', { runId: run.id, step: 1, bytes: 3 })
    await put(studio, `/blobs/checkpoints/${run.id}/${id}/model.safetensors?offset=0`, 'abc')
    const commit = { runId: run.id, id, state: trainState(1), valLoss: null, best: false }
    await expect(call(studio, 'checkpoints.commit', { ...commit, files })).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining(message),
    })
    expect((await latest(studio, run)).manifest).toBeNull()
    await call(studio, 'checkpoints.commit', { ...commit, files: [{ name: 'model.safetensors', bytes: 3 }] })
    expect((await latest(studio, run)).manifest?.id).toBe(id)
  })

  it('is among the runs that a page asks for while it is committed', async () => {
    const { studio, run } = await open()
    const { id } = await call(studio, 'checkpoints.begin', { runId: run.id, step: 1, bytes: 3 })
    await put(studio, `/blobs/checkpoints/${run.id}/${id}/model.safetensors?offset=0`, 'abc')
    const files = [{ name: 'model.safetensors', bytes: 3 }]
    const commit = { runId: run.id, id, state: trainState(1), valLoss: null, best: false, files }
    const [, runs] = await Promise.all([call(studio, 'checkpoints.commit', commit), call(studio, 'runs.list', {})])
    expect(runs[0]!.checkpoints).toMatchObject([{ id }])
    const lost = call(studio, 'checkpoints.commit', commit).catch((error: { code: string }) => error.code)
    expect((await call(studio, 'runs.list', {}))[0]!.checkpoints).toHaveLength(1)
    expect(await lost).toBe('not_found')
  })

  it('takes no file of another name', async () => {
    const { studio, run } = await open()
    const { id } = await call(studio, 'checkpoints.begin', { runId: run.id, step: 1, bytes: 3 })
    for (const name of ['manifest.json', '..%2frun.json', '.hidden']) {
      expect((await put(studio, `/blobs/checkpoints/${run.id}/${id}/${name}?offset=0`, 'x')).status).toBe(400)
    }
  })

  it('leaves nothing when it is given up, or begun again', async () => {
    const { studio, run, folder } = await open()
    const first = await call(studio, 'checkpoints.begin', { runId: run.id, step: 1, bytes: 3 })
    const second = await call(studio, 'checkpoints.begin', { runId: run.id, step: 2, bytes: 3 })
    expect(await readdir(folder)).toEqual([`.tmp-${second.id}`])
    await call(studio, 'checkpoints.abort', { runId: run.id, id: first.id })
    expect(await readdir(folder)).toHaveLength(1)
    await call(studio, 'checkpoints.abort', { runId: run.id, id: second.id })
    expect(await readdir(folder)).toEqual([])
  })

  it('is not begun where the disk is too small, and the numbers are told', async () => {
    const { studio, dataDir, run, folder } = await open()
    await studio.close()
    const ctx = createContext(dataDir, () => {})
    const checkpoints = createCheckpoints(ctx, createRuns(ctx, createProjects(ctx)), async () => 80e6)
    const begin = checkpoints.handlers['checkpoints.begin']({ runId: run.id, step: 1, bytes: 50e6 })
    await expect(begin).rejects.toMatchObject({ code: 'disk_full', details: { freeBytes: 80e6 } })
    expect(await readdir(folder)).toEqual([])
  })
})

describe('of many', () => {
  it('the newest two and the best are kept', async () => {
    const { studio, run, folder } = await open()
    const ids: string[] = []
    for (let step = 1; step <= 5; step++) ids.push(await saveCheckpoint(studio, run.id, step, step === 2))
    expect((await readdir(folder)).sort()).toEqual([ids[1], ids[3], ids[4]])
    const { checkpoints } = await call(studio, 'runs.get', { id: run.id })
    expect(checkpoints.map(({ step, best }) => [step, best])).toEqual([
      [2, true],
      [4, false],
      [5, false],
    ])
    expect((await latest(studio, run)).manifest?.state.step).toBe(5)
    expect((await latest(studio, run, 'best')).manifest?.state.step).toBe(2)
  })

  it('a new best takes the place of the old', async () => {
    const { studio, run } = await open()
    for (let step = 1; step <= 4; step++) await saveCheckpoint(studio, run.id, step, step <= 2)
    const { checkpoints } = await call(studio, 'runs.get', { id: run.id })
    expect(checkpoints.filter(({ best }) => best).map(({ step }) => step)).toEqual([2])
    expect(checkpoints.map(({ step }) => step)).toEqual([2, 3, 4])
  })

  it('the newest is the one written last, also when its step is lower', async () => {
    const { studio, run } = await open()
    await saveCheckpoint(studio, run.id, 9)
    await saveCheckpoint(studio, run.id, 4)
    expect((await latest(studio, run)).manifest?.state.step).toBe(4)
  })

  it('one that went bad does not count among the two that verify', async () => {
    const { studio, dataDir, run, folder } = await open()
    await saveCheckpoint(studio, run.id, 1)
    const bad = await saveCheckpoint(studio, run.id, 2)
    await studio.close()
    await truncate(join(folder, bad, 'optim.safetensors'), 3)
    const again = (await testStudio(dataDir)).studio
    await saveCheckpoint(again, run.id, 3)
    const { checkpoints } = await call(again, 'runs.get', { id: run.id })
    expect(checkpoints.map(({ step }) => step)).toEqual([1, 2, 3])
    await saveCheckpoint(again, run.id, 4)
    expect((await call(again, 'runs.get', { id: run.id })).checkpoints.map(({ step }) => step)).toEqual([3, 4])
  })
})

describe('a damaged checkpoint is passed over with the reason', () => {
  const flip = async (file: string) => {
    const bytes = await readFile(file)
    bytes[7]! ^= 1
    await writeFile(file, bytes)
  }
  it.each([
    ['a flipped bit', (path: string) => flip(join(path, 'model.safetensors')), 'has changed on disk'],
    ['a cut file', (path: string) => truncate(join(path, 'optim.safetensors'), 4), '4 bytes instead of 10'],
    ['a longer file', (path: string) => appendFile(join(path, 'optim.safetensors'), 'x'), '11 bytes instead of 10'],
    ['a missing file', (path: string) => rm(join(path, 'model.safetensors')), 'is missing'],
    ['a missing manifest', (path: string) => rm(join(path, 'manifest.json')), 'manifest is missing'],
    ['a manifest cut off', (path: string) => writeFile(join(path, 'manifest.json'), '{"version":1'), 'manifest'],
  ])('%s', async (_, damage, reason) => {
    const { studio, run, folder } = await open()
    const good = await saveCheckpoint(studio, run.id, 1)
    const bad = await saveCheckpoint(studio, run.id, 2)
    await damage(join(folder, bad))
    const { manifest, skipped } = await latest(studio, run)
    expect(manifest?.id).toBe(good)
    expect(skipped).toEqual([{ id: bad, reason: expect.stringContaining(reason) }])
  })

  it('and null is given when none verifies', async () => {
    const { studio, run, folder } = await open()
    const id = await saveCheckpoint(studio, run.id, 1, true)
    await flip(join(folder, id, 'model.safetensors'))
    expect(await latest(studio, run, 'best')).toMatchObject({ manifest: null, skipped: [{ id }] })
  })
})

describe('after a kill', () => {
  it('between two parts nothing is left of it, and the one before stands', async () => {
    const { studio, dataDir, run, folder } = await open()
    const whole = await saveCheckpoint(studio, run.id, 1)
    const { id } = await call(studio, 'checkpoints.begin', { runId: run.id, step: 2, bytes: 30 })
    await put(studio, `/blobs/checkpoints/${run.id}/${id}/model.safetensors?offset=0`, 'half')
    await studio.close()
    const again = (await testStudio(dataDir)).studio
    expect(await readdir(folder)).toEqual([whole])
    expect((await latest(again, run)).manifest?.id).toBe(whole)
    expect((await put(again, `/blobs/checkpoints/${run.id}/${id}/model.safetensors?offset=4`, 'x')).status).toBe(404)
  })

  it('between manifest and rename nothing is left of it', async () => {
    const { studio, dataDir, run, folder } = await open()
    const whole = await saveCheckpoint(studio, run.id, 1)
    await studio.close()
    await mkdir(join(folder, '.tmp-00000002-abcd'))
    await writeFile(join(folder, '.tmp-00000002-abcd/manifest.json'), '{}')
    await testStudio(dataDir)
    expect(await readdir(folder)).toEqual([whole])
  })

  it('between rename and run.json it is listed', async () => {
    const { studio, dataDir, run } = await open()
    const before = await readFile(join(dataDir, 'runs', run.id, 'run.json'), 'utf8')
    const id = await saveCheckpoint(studio, run.id, 1)
    await studio.close()
    await writeFile(join(dataDir, 'runs', run.id, 'run.json'), before)
    const again = (await testStudio(dataDir)).studio
    expect((await call(again, 'runs.get', { id: run.id })).checkpoints).toMatchObject([{ id, step: 1 }])
  })
})
