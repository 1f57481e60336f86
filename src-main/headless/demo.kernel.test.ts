import { expect, test, vi } from 'vitest'
import { openStudio } from '../app/studio.ts'
import { runTask } from '../jobs/run-task.ts'
import { createDataService } from '../services/data.ts'
import { call, tempDir } from '../testing/studio.ts'
import { demoCommand } from './demo-command.ts'
import type { DemoPlan } from './demo/plan.ts'

const MINIATURE: DemoPlan = {
  vocabSize: 1024,
  preset: 'custom',
  config: (vocabSize) => ({
    vocabSize,
    nPositions: 96,
    nEmbd: 16,
    nLayer: 1,
    nHead: 2,
    dropout: 0,
    qkvBias: false,
    tieWordEmbeddings: true,
    layerNormEpsilon: 1e-5,
  }),
  steps: { pretrain: 3, instruct: 3, classify: 3 },
  questions: 4,
}

/** Runs the miniature and gives what it wrote; `onWrite` sees each piece. */
async function demo(dataDir: string, onWrite?: (text: string) => void): Promise<{ code: number; text: string }> {
  let text = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    onWrite?.(String(chunk))
    return true
  })
  try {
    return { code: await demoCommand(['--data-dir', dataDir, '--threads', '1'], MINIATURE, runTask), text }
  } finally {
    write.mockRestore()
  }
}

test('stopped and gone on with, it leaves a project of three trained runs that the studio opens', async () => {
  const dataDir = await tempDir()
  const stopped = await demo(dataDir, (text) => {
    if (text.startsWith('4/6') || text.startsWith('\n4/6')) process.emit('SIGINT')
  })
  expect(stopped.code).toBe(130)
  expect(stopped.text).toContain(`npm run demo -- --data-dir ${dataDir}`)

  const { code, text } = await demo(dataDir)
  expect(code).toBe(0)
  expect(text).toContain('goes on where it was')
  expect(text).toMatch(/\d of the first 4 held-out questions right/)
  expect(text).toMatch(/[\d.]+ % of 400 held-out messages right; always saying “order” would be right for [\d.]+ %/)
  expect(text).toContain(`npm start -- --data-dir ${dataDir}`)

  const studio = await openStudio({
    dataDir,
    host: 'web',
    rendererDir: dataDir,
    createData: (ctx, sources) => createDataService(ctx, sources, runTask),
    log: (line) => expect.fail(line),
  })
  try {
    const [project, ...others] = await call(studio, 'projects.list', {})
    expect(others).toEqual([])
    const { datasetId, instructDatasetId, classifyDatasetId, pretrainRunId, instructRunId, classifyRunId } = project!
    for (const id of [datasetId, instructDatasetId, classifyDatasetId]) {
      expect(await call(studio, 'datasets.get', { id: id! })).toMatchObject({ status: 'ready' })
    }
    expect(project!.model?.vocabSize).toBe(
      (await call(studio, 'tokenizers.get', { id: project!.tokenizerId! })).vocabSize,
    )
    for (const id of [pretrainRunId, instructRunId, classifyRunId]) {
      const run = await call(studio, 'runs.get', { id: id! })
      expect(run).toMatchObject({ status: 'finished', step: 3, backend: { kind: 'cpu', threads: 1 } })
      expect((await call(studio, 'runs.metrics', { id: id! })).map(({ step }) => step)).toEqual([0, 1, 2, 3])
      const { manifest, skipped } = await call(studio, 'checkpoints.latest', { runId: id!, prefer: 'best' })
      expect([manifest?.runId, skipped]).toEqual([id, []])
    }
    expect(await call(studio, 'runs.get', { id: classifyRunId! })).toMatchObject({ report: { total: 400 } })
  } finally {
    await studio.close()
  }
})
