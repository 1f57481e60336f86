import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { generateCommand } from './generate-command.ts'
import { trainCommand } from './train-command.ts'

/** Runs a command and gives what it wrote. */
async function output(command: () => Promise<number>): Promise<string> {
  let text = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => Boolean((text += String(chunk))))
  try {
    expect(await command()).toBe(0)
  } finally {
    write.mockRestore()
  }
  return text
}

test('a text becomes a model folder that can be resumed and writes the same text twice', async () => {
  const folder = await tempDir()
  const data = join(folder, 'counting.txt')
  await writeFile(data, 'one two three four five six seven eight nine ten\n'.repeat(60))
  const out = join(folder, 'model')
  const shape = ['--context', '16', '--layers', '1', '--heads', '2', '--width', '16', '--tokenizer', 'char']
  const args = ['--out', out, '--data', data, '--preset', 'pocket', ...shape, '--batch', '4', '--lr', '0.02']
  const trained = await output(() => trainCommand([...args, '--steps', '8', '--eval-every', '4']))
  expect(trained).toMatch(/step 8\/8 .*loss [\d.]+ {2}val [\d.]+ .*tokens\/s/)
  expect(trained).toContain('Finished after 8 steps')
  expect(await readdir(out)).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']))

  const resumed = await output(() => trainCommand(['--out', out, '--resume', '--steps', '12']))
  expect(resumed).toContain('Finished after 12 steps')
  const rows = (await readFile(join(out, 'metrics.jsonl'), 'utf8')).trim().split('\n')
  expect(rows.map((row) => (JSON.parse(row) as { step: number }).step)).toEqual(Array.from({ length: 13 }, (_, i) => i))

  const write = () =>
    output(() => generateCommand(['--model', out, '--prompt', 'one ', '--max-tokens', '30', '--seed', '7']))
  const text = await write()
  expect(text).toMatch(/^one [\s\S]{5,31}$/)
  expect(await write()).toBe(text)
})
