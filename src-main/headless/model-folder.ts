import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { ADAPTER_CONFIG_FILE, ADAPTER_FILE } from '@shared/formats/adapter.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { fromHfConfig, toHfConfig } from '@shared/model/hf-config.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { checkpointFiles, MODEL_FILE, readModelFile, type CheckpointFile } from '@engine/train/checkpoint.ts'
import { writeAtomic } from '../fs/atomic.ts'

const LM = { kind: 'lm' } as const
export const CONFIG_FILE = 'config.json'
export const TOKENIZER_FILE = 'tokenizer.json'

/** Writes a model as a Hugging Face folder: config.json, model.safetensors, tokenizer.json. */
export async function writeModelFolder(
  folder: string,
  model: { config: GptConfig; params: TensorMap; tokenizerJson: string; endId: number },
): Promise<void> {
  const { config, params } = model
  await mkdir(folder, { recursive: true })
  // transformers and llama.cpp both require the qkv bias; a model without one has zeros there.
  const table = parameterTable({ ...config, qkvBias: true }, LM)
  const filled = new Map(table.map(({ name, shape }) => [name, params.get(name) ?? new Float32Array(shape[0]!)]))
  const [file] = checkpointFiles(table, { params: filled })
  const temp = join(folder, `.tmp-${MODEL_FILE}`)
  await writeParts(temp, file!)
  await rename(temp, join(folder, MODEL_FILE))
  await writeAtomic(join(folder, TOKENIZER_FILE), model.tokenizerJson)
  for (const name of [ADAPTER_FILE, ADAPTER_CONFIG_FILE]) await rm(join(folder, name), { force: true })
  await writeAtomic(join(folder, CONFIG_FILE), `${JSON.stringify(toHfConfig(config, model.endId), null, 2)}\n`)
}

/** Writes adapters as a folder beside the model that they belong to; a whole model that was there is removed. */
export async function writeAdapterFolder(
  folder: string,
  files: readonly CheckpointFile[],
  tokenizerJson: string,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of [CONFIG_FILE, MODEL_FILE]) await rm(join(folder, name), { force: true })
  for (const file of files) {
    const temp = join(folder, `.tmp-${file.name}`)
    await writeParts(temp, file)
    await rename(temp, join(folder, file.name))
  }
  await writeAtomic(join(folder, TOKENIZER_FILE), tokenizerJson)
}

/** Reads a folder written by {@link writeModelFolder}, or by transformers for a GPT-2. */
export async function readModelFolder(
  folder: string,
): Promise<{ config: GptConfig; params: TensorMap; tokenizerJson: string }> {
  const config = fromHfConfig(JSON.parse(await text(folder, CONFIG_FILE)), join(folder, CONFIG_FILE))
  const bytes = await needed(folder, MODEL_FILE)
  const params = readModelFile(bytes, parameterTable(config, LM))
  return { config, params, tokenizerJson: await text(folder, TOKENIZER_FILE) }
}

/** Writes a file in parts and flushes it to the disk. */
export async function writeParts(path: string, file: CheckpointFile): Promise<void> {
  const handle = await open(path, 'w')
  try {
    for await (const part of file.parts()) await handle.write(part)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const text = async (folder: string, name: string) => (await needed(folder, name)).toString('utf8')

async function needed(folder: string, name: string): Promise<Buffer> {
  return readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
    throw new AppError({
      code: 'not_found',
      message: `There is no ${name} in ${folder}.`,
      hint: 'Name a folder made by npm run train, or a run of the studio.',
    })
  })
}
