import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { TestFiles } from './support/files.ts'
import { importFile } from './support/flow.ts'
import { expect, test } from './support/test.ts'
import { badLines } from '../src-main/testing/bad-lines.ts'

const step = (page: Page, name: string) =>
  page
    .getByRole('navigation', { name: 'Steps of this data' })
    .getByRole('button', { name: new RegExp(name) })
    .click()

async function apply(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Apply changes' }).click()
  await expect(page.getByRole('region', { name: 'Changes to this data' })).toBeHidden()
}

/** The number under a label of the statistics row. */
const stat = (page: Page, label: string) =>
  page.locator('dt', { hasText: new RegExp(`^${label}$`) }).locator('xpath=following-sibling::dd[1]')

test('93 good and 7 bad: edited here 94, repaired 96, and the file itself untouched', async ({ studio, dataDir }) => {
  const { page } = studio
  const files = new TestFiles(join(dataDir, 'mine'))
  const path = files.write('bad.jsonl', badLines())
  await importFile(page, path)
  await expect(stat(page, 'Good')).toHaveText('93')
  await expect(stat(page, 'Bad')).toHaveText('7')
  for (const line of ['10', '20', '30', '50', '60', '70']) {
    await expect(page.getByRole('cell', { name: line, exact: true })).toBeVisible()
  }

  await test.step('a record is mended in the editor, which says when it is good', async () => {
    await page.getByRole('button', { name: 'Edit line 10', exact: true }).click()
    const save = page.getByRole('button', { name: 'Save' })
    await expect(page.getByRole('alert')).toContainText('ends too early')
    await expect(save).toBeDisabled()
    await page.getByLabel('The record').fill('{"text": "cut off no more"}')
    await save.click()
    await expect(stat(page, 'Good')).toHaveText('94')
    await expect(stat(page, 'Bad')).toHaveText('6')
  })

  await test.step('what has one reading is repaired', async () => {
    await page.getByText('Repair 2').click()
    await expect(stat(page, 'Good')).toHaveText('96')
    await apply(page)
    await expect(stat(page, 'Good')).toHaveText('96')
    await expect(stat(page, 'Bad')).toHaveText('4')
    await expect(page.getByText('1 line edited here')).toBeVisible()
  })

  await test.step('the report is a table for other programs', async () => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download as CSV' }).click()
    const csv = readFileSync(await (await download).path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(csv[0]).toBe('kind,file,line,reason,excerpt,repair')
    expect(csv.filter((row) => row.includes('bad.jsonl,30,'))).toHaveLength(1)
  })
  expect(readFileSync(path, 'utf8')).toBe(badLines())
  // The dataset that was replaced had nothing made from it: only the new one is left.
  await expect.poll(() => readdirSync(join(dataDir, 'datasets')).filter((name) => !name.startsWith('.')).length).toBe(1)
})

test('a book: cleaned with samples, undone, split, freed of what both sides share, and its passport verified', async ({
  studio,
  dataDir,
}) => {
  const { page } = studio
  const files = new TestFiles(join(dataDir, 'mine'))
  const line = (i: number) => `This is line ${i * 7919} of a tale, unlike ${(i * i) % 977} others.\n`
  const refrain = 'And this is the refrain that comes again and again.\n'
  const body = Array.from({ length: 160 }, (_, i) => (i % 15 === 7 ? `${refrain}\n\n\n` : line(i))).join('')
  const book = `*** START OF THE PROJECT GUTENBERG EBOOK A ***\nCafe\u0301\u0007\n${body}*** END OF THE PROJECT GUTENBERG EBOOK A ***\nLicence\n`
  const original = files.write('book.txt', book.replaceAll('\n', '\r\n'))
  await importFile(page, original)

  await test.step('the recipe says what it changed and what it would', async () => {
    await step(page, 'Clean')
    const recipe = page.getByRole('list', { name: 'Cleaning steps' }).getByRole('listitem')
    await expect(recipe.filter({ hasText: 'Project Gutenberg texts' })).toContainText('changed 3 lines')
    await expect(recipe.filter({ hasText: 'Control characters' }).first()).toContainText('changed 1 character')
    await expect(recipe.filter({ hasText: 'Blank lines' })).toContainText('would change 22 lines')
    await page.getByRole('switch', { name: 'Blank lines' }).click()
    await page.getByRole('switch', { name: 'Unicode form' }).click()
    await expect(
      page.getByRole('list', { name: 'Samples of what the recipe changes' }).locator('del').first(),
    ).toBeVisible()
    // Who leaves before is asked; left for later, the changes are still there.
    const rail = page.getByRole('navigation', { name: 'Stages' })
    await rail.getByRole('link', { name: /Tokenizer/ }).click()
    await page.getByRole('button', { name: 'Leave for later' }).click()
    await rail.getByRole('link', { name: /Data ?, changes not applied yet/ }).click()
    await step(page, 'Clean')
    await apply(page)
    await expect(recipe.filter({ hasText: 'Blank lines' })).toContainText('changed 22 lines')
  })

  await test.step('lines on both sides are named and left out of training', async () => {
    await step(page, 'Split')
    await expect(page.getByText('1 line of validation also occurs in training.')).toBeVisible()
    await page.getByRole('button', { name: 'Leave out of training' }).click()
    await apply(page)
    await expect(page.getByText('The parts are apart.')).toBeVisible()
  })

  await test.step('a validation part shorter than one example is mended by its button', async () => {
    await page.getByRole('slider', { name: 'Validation' }).focus()
    await page.keyboard.press('Home')
    await expect(page.getByText(/The validation part has about .* one example needs 257/)).toBeVisible()
    await page.getByRole('button', { name: /^Keep back/ }).click()
    await expect(page.getByText(/one example needs 257/)).toBeHidden()
    await apply(page)
  })

  await test.step('every hash of the passport is found again in the stored bytes', async () => {
    await step(page, 'Summary')
    await page.getByRole('button', { name: 'Recompute' }).click()
    await expect(page.getByText('Verified: 3 hashes computed anew from the stored bytes agree.')).toBeVisible()
    await page.getByRole('button', { name: 'Download JSON' }).click()
    await page.getByRole('radio', { name: /^Public domain/ }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Confirm and download' }).click()
    const passport = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as {
      licence: unknown
      made: { build: { recipe: { blankLines: boolean }; split: { dropShared: boolean } } }
    }
    expect(passport).toMatchObject({
      licence: { name: 'public domain', confirmed: true },
      made: { build: { recipe: { blankLines: true }, split: { dropShared: true } } },
    })
  })

  await test.step('a file that has changed since is told from what was imported', async () => {
    const compare = async () => {
      const picked = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Compare book.txt with a file' }).click()
      await (await picked).setFiles([original])
    }
    files.write('book.txt', `${book}More.`)
    await compare()
    await expect(page.getByText('Changed since')).toBeVisible()
    await expect(page.getByText(/copy of its own and stays as it is/)).toBeVisible()
    files.write('book.txt', book.replaceAll('\n', '\r\n'))
    await compare()
    await expect(page.getByText('As it was', { exact: true })).toBeVisible()
  })
})
