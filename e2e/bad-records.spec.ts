import { join } from 'node:path'
import { TestFiles } from './support/files.ts'
import { chooseFiles, goTo, pretrain } from './support/flow.ts'
import { expect, test } from './support/test.ts'

test('records with faults: each named with its line, good ones kept, nothing lost', async ({ openTale, dataDir }) => {
  const studio = await openTale()
  const { page } = studio
  const files = new TestFiles(join(dataDir, 'mine'))
  const card = (name: string) => page.getByRole('listitem', { name, exact: true })
  await pretrain(studio, { steps: 2 })
  await expect(page.getByText(/Finished: 2 steps/)).toBeVisible()

  await test.step('a CSV without the needed columns says what is missing, and a role mends it', async () => {
    await goTo(page, 'Instruct')
    const rows = Array.from({ length: 30 }, (_, i) => `${i},What is ${i}?,It is ${i}.`)
    await chooseFiles(page, [files.write('quiz.csv', `id,question,reply\n${rows.join('\n')}\n`)])
    await expect(card('quiz.csv')).toContainText('Needs a column')
    await expect(page.getByRole('button', { name: 'Import' })).toBeDisabled()
    await page.getByRole('combobox', { name: /reply/ }).selectOption('output')
    await page.getByRole('combobox', { name: /question/ }).selectOption('instruction')
    await expect(card('quiz.csv')).toContainText('Ready')
    await page.getByRole('button', { name: 'Remove quiz.csv' }).click()
  })

  await test.step('malformed JSONL lines are listed by number, the others imported', async () => {
    const good = (i: number) => JSON.stringify({ instruction: `Say ${i}.`, input: '', output: `${i}` })
    const lines = Array.from({ length: 40 }, (_, i) => good(i))
    lines[4] = '{"instruction": "cut off'
    lines[10] = '["a", "list"]'
    lines[20] = '{"instruction": "no answer"}'
    await chooseFiles(page, [files.write('pairs.jsonl', `${lines.join('\n')}\n`)])
    await expect(card('pairs.jsonl')).toContainText('Ready')
    await page.getByRole('button', { name: 'Import' }).click()
    for (const line of ['5', '11', '21']) {
      await expect(
        page
          .getByRole('row')
          .filter({ has: page.getByRole('cell', { name: line, exact: true }) })
          .first(),
      ).toBeVisible()
    }
  })

  await test.step('one class only is refused', async () => {
    await goTo(page, 'Classify')
    const rows = Array.from({ length: 40 }, (_, i) => `message number ${i},spam`)
    await chooseFiles(page, [files.write('one.csv', `text,label\n${rows.join('\n')}\n`)])
    await expect(card('one.csv')).toContainText('Ready')
    await page.getByRole('button', { name: 'Import' }).click()
    await expect(page.getByText(/only one class/)).toBeVisible()
    await expect(page.getByText(/“spam”/).first()).toBeVisible()
  })
})
