import { join } from 'node:path'
import { plainText, TestFiles } from './support/files.ts'
import { createTokenizer, field, importFile } from './support/flow.ts'
import { expect, test } from './support/test.ts'

test('a model that cannot be is refused with fixes that work: width and heads, a text shorter than the context', async ({
  studio,
  dataDir,
}) => {
  const { page } = studio
  const files = new TestFiles(join(dataDir, 'mine'))
  const go = page.getByRole('button', { name: 'Go to Pretrain' })
  await importFile(page, files.write('short.txt', plainText(400)))
  await createTokenizer(page, 300)
  await page.getByRole('button', { name: 'Choose a model' }).click()
  await page.getByText('Pocket', { exact: true }).click()

  // The text is too short for the preset's context of 256 tokens.
  await expect(go).toBeDisabled()
  await page.getByRole('button', { name: /^Use context/ }).click()
  await expect(go).toBeEnabled()

  await field(page, 'Heads').fill('8')
  await field(page, 'Width').fill('100')
  await expect(page.getByRole('button', { name: 'Use 96' })).toBeVisible()
  await expect(go).toBeDisabled()
  await page.getByRole('button', { name: 'Use 104' }).click()
  await expect(field(page, 'Width')).toHaveValue('104')
  await expect(go).toBeEnabled()
})
