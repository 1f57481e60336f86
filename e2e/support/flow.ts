import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { RunningStudio } from './host.ts'
import { expect } from './test.ts'

/** What a person does, step by step, by the names that a screen reader would hear. */

/** Drops files on Home (or on the importer of a stage). */
export const chooseFiles = (page: Page, paths: string[]) =>
  page.locator('input[type=file]').first().setInputFiles(paths)

export async function importFile(page: Page, path: string): Promise<void> {
  await chooseFiles(page, [path])
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('button', { name: 'Choose a tokenizer' })).toBeVisible()
}

export async function createTokenizer(page: Page, vocabulary: number): Promise<void> {
  await page.getByRole('button', { name: 'Choose a tokenizer' }).click()
  await page.getByText('Own BPE').first().click()
  await page
    .getByRole('spinbutton', { name: /Vocabulary/ })
    .or(page.getByRole('textbox', { name: /Vocabulary/ }))
    .fill(`${vocabulary}`)
  await page.getByRole('button', { name: 'Create tokenizer' }).click()
  await expect(page.getByText('In use', { exact: true })).toBeVisible()
}

/** Opens a stage by the rail. */
export const goTo = (page: Page, stage: string) =>
  page
    .getByRole('navigation')
    .getByRole('link', { name: new RegExp(stage) })
    .click()

/** Takes the smallest preset, two layers, with a short context so that a software adapter is quick. */
export async function chooseModel(page: Page, context: number): Promise<void> {
  await page.getByRole('button', { name: 'Choose a model' }).click()
  await page.getByText('Pocket', { exact: true }).click()
  await field(page, 'Context').fill(`${context}`)
  await page.getByRole('button', { name: 'Go to Pretrain' }).click()
}

/** A number or text field by its label. */
export const field = (page: Page, label: string) => page.getByLabel(label, { exact: false }).first()

/** Sets length and, behind "Advanced", other numbers by their labels; then presses Start. A short run may have finished when this resolves. */
export async function startTraining(page: Page, steps: number, advanced: Record<string, number> = {}): Promise<void> {
  await page.getByLabel('Length', { exact: true }).first().fill(`${steps}`)
  if (Object.keys(advanced).length > 0) await page.getByText('Advanced').click()
  for (const [label, value] of Object.entries(advanced)) await page.getByLabel(label).first().fill(`${value}`)
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(
    page
      .getByRole('button', { name: 'Pause training' })
      .or(page.getByText(/^Finished: /))
      .first(),
  ).toBeVisible()
}

export interface StoredRun {
  id: string
  name: string
  kind: string
  status: string
  step: number
  valLoss: number | null
  config: { vocabSize: number }
  report: { accuracy: number; baselineAccuracy: number; total: number } | null
  settings: { steps: number; trainable: { kind: string } }
  backend: { kind: string; adapter: string; threads?: number } | null
}

/** The runs on disk, oldest first. */
export function storedRuns(dataDir: string): StoredRun[] {
  return readdirSync(join(dataDir, 'runs'))
    .filter((name) => !name.startsWith('.'))
    .map(
      (id) =>
        JSON.parse(readFileSync(join(dataDir, 'runs', id, 'run.json'), 'utf8')) as StoredRun & { createdAt: string },
    )
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt))
}

interface MetricRow {
  step: number
  loss?: number
  valLoss?: number
}

function storedMetrics(dataDir: string, runId: string): MetricRow[] {
  const path = join(dataDir, 'runs', runId, 'metrics.jsonl')
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as MetricRow)
}

/** One figure by step, as written to disk so far. */
function storedSeries(dataDir: string, runId: string, key: 'loss' | 'valLoss'): Map<number, number> {
  const rows = storedMetrics(dataDir, runId)
  return new Map(rows.flatMap((row) => (row[key] === undefined ? [] : [[row.step, row[key]] as const])))
}

/** Training loss by step. */
export const storedLosses = (dataDir: string, runId: string) => storedSeries(dataDir, runId, 'loss')

/** Validation losses in the order they were measured. */
export const storedValLosses = (dataDir: string, runId: string) => [...storedSeries(dataDir, runId, 'valLoss').values()]

/** Names of a run's checkpoint folders. */
export const storedCheckpoints = (dataDir: string, runId: string): string[] =>
  readdirSync(join(dataDir, 'runs', runId, 'checkpoints')).filter((name) => !name.startsWith('.'))

/** The training text of the one dataset on disk. */
export function storedText(dataDir: string): string {
  const [dataset] = readdirSync(join(dataDir, 'datasets')).filter((name) => !name.startsWith('.'))
  return readFileSync(join(dataDir, 'datasets', dataset ?? '', 'train.txt'), 'utf8')
}

/** More steps than any spec waits for: a run that goes on until it is stopped, on the fastest machine too. */
export const ENDLESS = 1_000_000

/** Starts a run on the Pretrain screen, with other numbers than these where said (see startTraining); returns its id. */
export async function pretrain(
  { page, dataDir }: RunningStudio,
  { steps = ENDLESS, ...advanced }: { steps?: number } & Record<string, number> = {},
): Promise<string> {
  const usual = { 'Warm-up': 1, 'Save every': 10, 'Measure every': 20, 'Batch size': 4 }
  await startTraining(page, steps, { ...usual, ...advanced })
  return storedRuns(dataDir)[0]!.id
}

/** Stops the run and keeps what it has learned. */
export async function stopTraining(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Stop training' }).click()
  await page.getByRole('button', { name: 'Stop and save' }).click()
  await expect(page.getByText(/Stopped by you at step/)).toBeVisible()
}

/** That a run's figures on disk are of each step once, from the first on; returns how many steps. */
export function expectEachStepOnce(dataDir: string, runId: string): number {
  const steps = [...storedLosses(dataDir, runId).keys()]
  expect(steps).toEqual(steps.map((_, i) => i + 1))
  return steps.length
}

/** The last step whose loss is on disk, 0 before the first. */
export const lastStep = (dataDir: string, runId: string): number => Math.max(0, ...storedLosses(dataDir, runId).keys())

/** Waits until the losses on disk reach `step`. */
export const reaches = (dataDir: string, runId: string, step: number) =>
  expect.poll(() => lastStep(dataDir, runId), { intervals: [100] }).toBeGreaterThanOrEqual(step)
