import { access, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { checkpointManifestSchema, runSchema, type CheckpointManifest, type Run } from '@shared/contract/schemas.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import { MODEL_FILE, readModelFile } from '@engine/train/checkpoint.ts'
import * as v from 'valibot'
import { bestOf, damage, MANIFEST, readStored } from '../services/checkpoint-store.ts'
import { CONFIG_FILE, readModelFolder, TOKENIZER_FILE } from './model-folder.ts'

type Model = Awaited<ReturnType<typeof readModelFolder>>

const RUN = 'run.json'
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * The model in a folder: one in Hugging Face layout (as npm run train writes), a run of the studio (its best checkpoint), or one
 * checkpoint of such a run.
 */
export async function readAnyModel(folder: string): Promise<Model> {
  if (await exists(join(folder, RUN))) return readRun(folder)
  if (await exists(join(folder, MANIFEST))) {
    const manifest = await json(join(folder, MANIFEST), checkpointManifestSchema)
    return readCheckpoint(dirname(dirname(folder)), folder, manifest)
  }
  if (await exists(join(folder, CONFIG_FILE))) return readModelFolder(folder)
  throw new AppError({
    code: 'not_found',
    message: `There is no model in ${folder}.`,
    hint: 'Name a folder made by npm run train, or a run or checkpoint folder of the studio.',
  })
}

async function readRun(folder: string): Promise<Model> {
  const { manifests } = await readStored(join(folder, 'checkpoints'), () => {})
  const manifest = bestOf(manifests) ?? manifests[0]
  if (!manifest) {
    throw new AppError({
      code: 'not_found',
      message: `The run in ${folder} has no checkpoint yet.`,
      hint: 'Train it first.',
    })
  }
  return readCheckpoint(folder, join(folder, 'checkpoints', manifest.id), manifest)
}

async function readCheckpoint(runFolder: string, folder: string, manifest: CheckpointManifest): Promise<Model> {
  const run: Run = await json(join(runFolder, RUN), runSchema)
  if (run.kind === 'classify') {
    throw new AppError({
      code: 'unsupported',
      message: `Run “${run.name}” sorts texts; it does not write.`,
      hint: 'Name another run.',
    })
  }
  const reason = await damage(folder, manifest)
  if (reason)
    throw new AppError({
      code: 'corrupt',
      message: `Checkpoint ${folder}: ${reason}.`,
      hint: 'Name another checkpoint.',
    })
  const params = readModelFile(await readFile(join(folder, MODEL_FILE)), parameterTable(run.config, { kind: 'lm' }))
  return { config: run.config, params, tokenizerJson: await readFile(join(runFolder, TOKENIZER_FILE), 'utf8') }
}

async function json<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
  try {
    return v.parse(schema, JSON.parse(await readFile(path, 'utf8')))
  } catch {
    throw new AppError({ code: 'corrupt', message: `${path} cannot be read.`, hint: 'Name another run or checkpoint.' })
  }
}
