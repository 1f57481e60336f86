import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { plainText, PNG, TestFiles, utf16le } from './support/files.ts'
import { expect, test } from './support/test.ts'

const chooseFiles = (page: Page, paths: string[]) => page.locator('input[type=file]').first().setInputFiles(paths)
const card = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true })

test('of several files dropped together the unusable ones say why, and the good one is imported', async ({
  studio,
  dataDir,
}) => {
  const { page } = studio
  const files = new TestFiles(join(dataDir, 'mine'))
  await chooseFiles(page, [
    files.write('empty.txt', ''),
    files.write('spaces.txt', ' \n\t\n  '),
    files.write('photo.txt', PNG),
    files.write('latin1.txt', Uint8Array.from([...Buffer.from('line one\ncaf'), 0xe9, ...Buffer.from(' two\n')])),
    files.write('a tale 🦊.txt', plainText(20_000)),
  ])

  await expect(card(page, 'empty.txt')).toContainText('has no text in it')
  await expect(card(page, 'spaces.txt')).toContainText('has no text in it')
  await expect(card(page, 'photo.txt')).toContainText('looks like a PNG image')
  await expect(card(page, 'latin1.txt')).toContainText('line 2')
  await expect(card(page, 'a tale 🦊.txt')).toContainText('Ready')

  for (const name of ['empty.txt', 'spaces.txt', 'photo.txt', 'latin1.txt']) {
    await page.getByRole('button', { name: `Remove ${name}` }).click()
    await expect(card(page, name)).toHaveCount(0)
  }
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(
    page.getByRole('button', { name: 'Choose a tokenizer' }).or(page.getByRole('link', { name: 'Choose a tokenizer' })),
  ).toBeVisible()

  const [dataset] = readdirSync(join(dataDir, 'datasets')).filter((name) => !name.startsWith('.'))
  const stored = readdirSync(join(dataDir, 'datasets', dataset as string))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => readFileSync(join(dataDir, 'datasets', dataset as string, name), 'utf8'))
  expect(stored.join('')).toContain('The old king')
})

test('UTF-16 is recognised and its letters arrive', async ({ studio, dataDir }) => {
  const { page } = studio
  const files = new TestFiles(join(dataDir, 'mine'))
  await chooseFiles(page, [files.write('wide.txt', utf16le(`Crème brûlée für alle.\n${plainText(4000)}`))])
  await expect(card(page, 'wide.txt')).toContainText('Crème brûlée für alle.')
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByText('Crème brûlée für alle.')).toBeVisible()
})
