import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { plainText, TestFiles } from './support/files.ts'
import { chooseModel, goTo, importFile, startTraining } from './support/flow.ts'
import { expect, test } from './support/test.ts'

test('the tokenizer lab: ids, replay, windows, a refused file, and a fork after training', async ({
  studio,
  dataDir,
}) => {
  const { page } = studio
  const files = new TestFiles(join(dataDir, 'mine'))
  const pick = (name: string) => page.getByRole('radio', { name: new RegExp(`^${name}`) }).click()
  const facts = page.getByText(/Token \d+ · id/)

  await importFile(page, files.write('tale.txt', plainText(20_000)))
  await page.getByRole('button', { name: 'Choose a tokenizer' }).click()

  await test.step('GPT-2 gives the ids of the book', async () => {
    await pick('GPT-2 BPE')
    await page.getByRole('button', { name: 'Create tokenizer' }).click()
    await expect(page.getByText('In use', { exact: true })).toBeVisible()
    await page.getByRole('textbox', { name: 'Your text' }).fill('Hello, do you like tea? <|endoftext|>')
    const pills = page.getByRole('group', { name: 'Tokens' }).getByRole('button')
    await expect(pills).toHaveCount(9)
    const labels = await pills.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
    const ids = labels.map((label) => Number(/id (\d+)/.exec(label)?.[1]))
    expect(ids).toEqual([15496, 11, 466, 345, 588, 8887, 30, 220, 50256])
  })

  await test.step('an own BPE: exact text, replay, windows', async () => {
    await pick('Own BPE')
    await page.getByRole('spinbutton', { name: 'Vocabulary size' }).fill('300')
    await page.getByRole('button', { name: 'Create tokenizer' }).click()
    await expect(page.getByRole('heading', { name: /^Own BPE \(300\)/ })).toBeVisible()
    await page.getByRole('textbox', { name: 'Your text' }).fill('The old king, 中 é 😀')
    await expect(page.getByText('The ids give back exactly this text.')).toBeVisible()
    await page.getByRole('group', { name: 'Tokens' }).getByRole('button').first().focus()
    await expect(facts).toBeVisible()
    await page.getByRole('button', { name: 'To the beginning' }).click()
    await expect(page.getByText('Before the first merge: every byte is a token.')).toBeVisible()
    await page.getByRole('button', { name: 'Next change' }).click()
    await expect(page.getByText(/^Merge \d+: /)).toBeVisible()
    await page.getByRole('slider', { name: /^Context/ }).press('ArrowRight')
    await expect(page.getByTestId('sample-count')).toContainText('− 5 − 1) / 4⌋ + 1')
  })

  await test.step('a file that is no tokenizer is refused in words', async () => {
    await pick('From a file')
    await page.locator('input[type=file]').setInputFiles([files.write('vocab.json', '{"a":0}')])
    await expect(page.getByText(/^vocab\.json: .*no model/)).toBeVisible()
    await expect(page.getByRole('button', { name: 'Use this tokenizer' })).toBeDisabled()
  })

  await test.step('after training, another tokenizer is offered in a fork', async () => {
    await chooseModel(page, 16)
    await startTraining(page, 2)
    await expect(page.getByText(/Finished: 2 steps/)).toBeVisible()
    await goTo(page, 'Tokenizer')
    await pick('Characters')
    await page.getByRole('button', { name: 'Create tokenizer' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Fork' }).click()
    await expect(page.getByText('Tale, other tokenizer')).toBeVisible()
    await expect(page.getByRole('heading', { name: /^Characters \(/ })).toBeVisible()
    // Its model has the same shape and as many token ids as the new tokenizer.
    await goTo(page, 'Pretrain')
    await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled()
  })

  await test.step('changed here, the run is out of date and still chats with its own tokenizer', async () => {
    await page.goBack()
    await page.goBack()
    await expect(page.getByText(/was trained with this tokenizer/)).toBeVisible()
    await pick('Characters')
    await page.getByRole('button', { name: 'Use this tokenizer' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Change here' }).click()
    await expect(page.getByText(/was trained with another tokenizer/)).toBeVisible()
    await expect(page.getByRole('link', { name: /Pretrain ?, out of date: the tokenizer changed/ })).toBeVisible()
    await goTo(page, 'Chat')
    await page.getByRole('textbox', { name: /Message|Begin a text/ }).fill('The old king')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.getByText(/tokens\/s/).first()).toBeVisible()
    const [chat] = readdirSync(join(dataDir, 'chats')).map((name) => readFileSync(join(dataDir, 'chats', name), 'utf8'))
    const { messages } = JSON.parse(chat ?? '') as { messages: { role: string; content: string }[] }
    // After two steps it says anything: bytes of its own BPE that none of the few letters of the text are.
    expect(messages.find(({ role }) => role === 'model')?.content).toMatch(/[^A-Za-z .\n]/)
  })
})
