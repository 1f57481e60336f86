import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestFiles } from './support/files.ts'
import {
  chooseModel,
  createTokenizer,
  goTo,
  importFile,
  startTraining,
  storedCheckpoints,
  storedLosses,
  storedRuns,
  type StoredRun,
  storedText,
  storedValLosses,
} from './support/flow.ts'
import { expect, test } from './support/test.ts'

/** What a checkpoint of a run consists of. */
const filesOf = ({ name, settings }: StoredRun) => {
  if (settings.trainable.kind === 'lora')
    return ['adapter_config.json', 'adapter_model.safetensors', 'manifest.json', 'optim.safetensors']
  return ['manifest.json', 'model.safetensors', ...(name.endsWith('-merged') ? [] : ['optim.safetensors'])]
}

/** A loss this much below that of guessing shows that the model has learned. */
const FALLEN = 0.7
/** Milliseconds that a run of real arithmetic may take; on two cores it is seconds. */
const TRAINED = 300_000

test('from a text file to a chat: every stage, one model, and all of it still there afterwards', async ({
  open,
  dataDir,
}) => {
  const first = await open(dataDir)
  const { page } = first
  const files = new TestFiles(join(dataDir, 'mine'))

  await test.step('a starter set in one click', async () => {
    await page.getByRole('button', { name: /Story writer/ }).click()
    await expect(page.getByRole('button', { name: 'Choose a tokenizer' })).toBeVisible()
    await page.getByRole('link', { name: 'Gradus' }).click()
  })

  await test.step('import, tokenizer, model', async () => {
    const stories = storedText(dataDir).slice(0, 200_000)
    await importFile(page, files.write('tale.txt', stories))
    await createTokenizer(page, 512)
    await chooseModel(page, 256)
  })

  await test.step('pretrain; reload in mid-run; resume to the end', async () => {
    await startTraining(page, 120, { 'Learning rate': 0.004, 'Batch size': 4, 'Measure every': 40, 'Save every': 10 })
    const run = storedRuns(dataDir)[0]!
    await expect.poll(() => storedCheckpoints(dataDir, run.id).length, { intervals: [100] }).toBeGreaterThan(0)
    await page.reload()
    await expect(page.getByText(/was interrupted at step/)).toBeVisible()
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(page.getByText(/Finished: 120 steps/)).toBeVisible({ timeout: TRAINED })

    const done = storedRuns(dataDir)[0]!
    expect(done.valLoss).toBeLessThan(FALLEN * Math.log(done.config.vocabSize))
    expect([...storedLosses(dataDir, run.id).keys()]).toEqual(Array.from({ length: 120 }, (_, i) => i + 1))
    // The growth film shows what the model wrote.
    await expect(page.getByText('Growth film')).toBeVisible()
  })

  await test.step('teach adapters beside it to follow instructions, and merge them', async () => {
    await page.getByRole('button', { name: 'Teach it to follow instructions' }).click()
    await page.getByRole('button', { name: 'Use this set' }).click()
    await expect(page.getByText('Below is an instruction').first()).toBeVisible()
    const agreed = page.getByRole('checkbox')
    if (await agreed.isVisible()) await agreed.check()
    await page.getByRole('radio', { name: /Small adapters/ }).click()
    await expect(page.getByText(/^Trains [\d,]+ of [\d,]+ parameters; .+ of memory for training/).first()).toBeVisible()
    await startTraining(page, 20, { 'Learning rate': 0.02, 'Measure every': 10, 'Sample every': 20 })
    await expect(page.getByText(/Finished: 20 steps/)).toBeVisible({ timeout: TRAINED })
    const validation = storedValLosses(dataDir, storedRuns(dataDir).find((run) => run.kind === 'instruct')!.id)
    expect(validation.at(-1)!).toBeLessThan(validation[0]! - 0.2)
    await page.getByRole('button', { name: 'Merge into a whole model' }).click()
    await expect(page.getByText('is a whole model: it answers the same')).toBeVisible()
  })

  await test.step('teach it to sort messages, better than the majority', async () => {
    await goTo(page, 'Classify')
    await page.getByRole('button', { name: 'Use this set' }).click()
    await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled()
    await startTraining(page, 150, { 'Learning rate': 0.003, 'Measure every': 75 })
    await expect(page.getByText(/Finished: 150 steps/)).toBeVisible({ timeout: TRAINED })
    const { report } = storedRuns(dataDir).find((run) => run.kind === 'classify')!
    expect(report!.total).toBeGreaterThan(300)
    expect(report!.accuracy).toBeGreaterThan(report!.baselineAccuracy + 0.05)
  })

  await test.step('chat', async () => {
    await goTo(page, 'Chat')
    await page.getByRole('textbox', { name: /Message|Begin a text/ }).fill('What is the opposite of hot?')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.getByText(/tokens\/s/).first()).toBeVisible()
  })
  await first.close()

  const again = await open(dataDir)
  await test.step('everything is still there after closing', async () => {
    await again.page
      .getByRole('link', { name: /tale/i })
      .or(again.page.getByRole('button', { name: /tale/i }))
      .first()
      .click()
    await goTo(again.page, 'Chat')
    await expect(again.page.getByText('What is the opposite of hot?').first()).toBeVisible()
    await goTo(again.page, 'Classify')
    await again.page
      .getByRole('textbox', { name: 'Text to sort' })
      .fill('Where is my parcel? It should have been here on Monday.')
    await expect(again.page.getByText(/^“(complaint|order|question)”/)).toBeVisible()
    await again.page.getByRole('tab', { name: 'Test report' }).click()
    await expect(again.page.getByRole('heading', { name: 'Test accuracy' })).toBeVisible()
    await again.page.getByRole('link', { name: /Runs/ }).click()
    await expect(again.page.getByRole('table').getByRole('row')).toHaveCount(5)
  })

  await test.step('the files are on disk in their formats', () => {
    for (const run of storedRuns(dataDir)) {
      const folder = join(dataDir, 'runs', run.id)
      expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toMatchObject({
        model_type: 'gpt2',
        n_layer: 2,
      })
      expect(existsSync(join(folder, 'tokenizer.json'))).toBe(true)
      const [checkpoint] = storedCheckpoints(dataDir, run.id)
      const saved = readdirSync(join(folder, 'checkpoints', checkpoint!))
      expect(saved.sort()).toEqual(filesOf(run))
    }
  })
})
