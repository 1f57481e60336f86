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
  const args = [
    '--out',
    out,
    '--data',
    data,
    '--preset',
    'pocket',
    '--backend',
    'cpu',
    '--threads',
    '1',
    ...shape,
    '--batch',
    '4',
    '--lr',
    '0.02',
  ]
  const trained = await output(() => trainCommand([...args, '--steps', '8', '--eval-every', '4']))
  expect(trained).toMatch(/step 8\/8 .*loss [\d.]+ {2}val [\d.]+ .*tokens\/s/)
  expect(trained).toMatch(/^Device: WebAssembly.*, 1 thread\. You chose the processor\./)
  expect(trained).toContain('Finished after 8 steps')
  expect(await readdir(out)).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']))

  // On another backend: a checkpoint is the same everywhere.
  const resumed = await output(() => trainCommand(['--out', out, '--resume', '--steps', '12', '--backend', 'webgpu']))
  expect(resumed).toMatch(/^Device: .+\. You chose WebGPU/)
  expect(resumed).toContain('Finished after 12 steps')
  const rows = (await readFile(join(out, 'metrics.jsonl'), 'utf8')).trim().split('\n')
  expect(rows.map((row) => (JSON.parse(row) as { step: number }).step)).toEqual(Array.from({ length: 13 }, (_, i) => i))

  const write = () =>
    output(() => generateCommand(['--model', out, '--prompt', 'one ', '--max-tokens', '30', '--seed', '7']))
  const text = await write()
  expect(text).toMatch(/^one [\s\S]{5,31}$/)
  expect(await write()).toBe(text)
})

test('adapters beside a model: small, resumed, read with their base, or merged into a whole model', async () => {
  const folder = await tempDir()
  const data = join(folder, 'counting.txt')
  await writeFile(data, 'one two three four five six seven eight nine ten\n'.repeat(60))
  const cpu = ['--backend', 'cpu', '--threads', '1', '--batch', '4', '--eval-every', '4', '--data', data]
  const base = join(folder, 'base')
  const shape = ['--context', '16', '--layers', '1', '--heads', '2', '--width', '16', '--tokenizer', 'char']
  await output(() => trainCommand([...cpu, '--out', base, '--preset', 'pocket', ...shape, '--steps', '4']))
  const write = (model: string) =>
    output(() => generateCommand(['--model', model, '--prompt', 'one ', '--max-tokens', '20', '--backend', 'cpu']))

  for (const layers of ['attn.c_attn,mlp.c_proj', 'attn.c_attn.q,attn.c_attn.v']) {
    const out = join(folder, layers)
    const lora = ['--base', base, '--lora-rank', '2', '--lora-layers', layers, '--lr', '0.05']
    const told = await output(() => trainCommand([...cpu, ...lora, '--out', out, '--steps', '4']))
    expect(told).toMatch(/Learning: [\d,]+ of [\d,]+ parameters, on /)
    expect(told).toContain(`Adapters to ${base}`)
    expect(await readdir(out)).not.toContain('model.safetensors')
    expect(await output(() => trainCommand(['--out', out, '--resume', '--steps', '8', '--backend', 'cpu']))).toContain(
      'Finished after 8 steps',
    )
    const text = await write(out)
    expect(text).not.toBe(await write(base))
    await output(() => trainCommand(['--out', out, '--resume', '--steps', '8', '--merge', '--backend', 'cpu']))
    expect(await readdir(out)).toContain('model.safetensors')
    expect(await readdir(out)).not.toContain('adapter_model.safetensors')
    expect(await write(out)).toBe(text)
  }
  await expect(trainCommand([...cpu, '--base', base, '--width', '8', '--out', join(folder, 'x')])).rejects.toThrow(
    "--width can't be chosen",
  )
})
