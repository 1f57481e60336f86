import { access, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { checkpointManifestSchema, runSchema, type CheckpointManifest, type Run } from '@shared/contract/schemas.ts'
import { ADAPTER_CONFIG_FILE, ADAPTER_FILE, readAdapter } from '@shared/formats/adapter.ts'
import { readSafetensors } from '@shared/formats/safetensors.ts'
import type { Head } from '@shared/model/config.ts'
import { mergeAdapters } from '@shared/model/lora.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { finetuneParams } from '@engine/train/initial.ts'
import { RunModel } from '@engine/train/run-model.ts'
import * as v from 'valibot'
import { bestOf, damage, MANIFEST, readStored, readVerified } from '../services/checkpoint-store.ts'
import { CONFIG_FILE, readModelFolder, TOKENIZER_FILE } from './model-folder.ts'
import { readRunFile } from './run-file.ts'

type Model = Awaited<ReturnType<typeof readModelFolder>>

const RUN = 'run.json'
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * The model in a folder: one in Hugging Face layout or adapters (as npm run train writes), a run of the studio (its best checkpoint), or
 * one checkpoint of such a run. Adapters come merged into their base.
 */
export async function readAnyModel(folder: string): Promise<Model> {
  if (await exists(join(folder, RUN))) return readRun(folder)
  if (await exists(join(folder, MANIFEST))) {
    const manifest = await json(join(folder, MANIFEST), checkpointManifestSchema)
    return readCheckpoint(dirname(dirname(folder)), folder, manifest)
  }
  if (await exists(join(folder, CONFIG_FILE))) return readModelFolder(folder)
  if (await exists(join(folder, ADAPTER_FILE))) return readAdapterFolder(folder)
  throw new AppError({
    code: 'not_found',
    message: `There is no model in ${folder}.`,
    hint: 'Name a folder made by npm run train, or a run or checkpoint folder of the studio.',
  })
}

/** Adapters that npm run train wrote, or peft did; the base is where their settings say. */
async function readAdapterFolder(folder: string): Promise<Model> {
  const { alpha, base } = await adapterSettings(folder)
  const { config, params, tokenizerJson } = await readAnyModel(base)
  const { tensors } = readSafetensors(await readFile(join(folder, ADAPTER_FILE)))
  const adapter = readAdapter(tensors, config, alpha)
  return { config, params: mergeAdapters(config, adapter.lora, new Map([...params, ...adapter.params])), tokenizerJson }
}

const peftSchema = v.object({ lora_alpha: v.number(), base_model_name_or_path: v.string() })

async function adapterSettings(folder: string): Promise<{ alpha: number; base: string }> {
  if (await exists(join(folder, ADAPTER_CONFIG_FILE))) {
    const peft = await json(join(folder, ADAPTER_CONFIG_FILE), peftSchema)
    return { alpha: peft.lora_alpha, base: resolve(folder, peft.base_model_name_or_path) }
  }
  // Adapters that peft's layout can't hold.
  const { base, settings } = await readRunFile(folder)
  const { trainable } = settings
  if (base !== null && trainable.kind === 'lora') return { alpha: trainable.alpha, base }
  throw new AppError({
    code: 'corrupt',
    message: `Nothing in ${folder} says which model its ${ADAPTER_FILE} belongs to.`,
    hint: 'Train the adapters again, with --base.',
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
  const params = await wholeParams(run, folder, dirname(runFolder))
  return { config: run.config, params, tokenizerJson: await readFile(join(runFolder, TOKENIZER_FILE), 'utf8') }
}

/** A run's weights at a checkpoint, its adapters merged into the run beside it that they belong to. */
async function wholeParams(run: Run, folder: string, runs: string): Promise<TensorMap> {
  const head: Head = run.kind === 'classify' ? { kind: 'classification', numLabels: run.labels.length } : { kind: 'lm' }
  const model = new RunModel(run.config, head, run.settings.trainable)
  const stored = model.readWeights(await readFile(join(folder, model.weightsFile)))
  const { baseRunId, baseCheckpointId } = run
  if (!model.lora || baseRunId === null || baseCheckpointId === undefined) return stored
  const baseFolder = join(runs, baseRunId)
  const checkpoints = join(baseFolder, 'checkpoints')
  await readVerified(checkpoints, baseCheckpointId, () => {})
  const base: Run = await json(join(baseFolder, RUN), runSchema)
  const params = await wholeParams(base, join(checkpoints, baseCheckpointId), runs)
  return model.merge(new Map([...finetuneParams(params, run.config, head, run.settings.seed), ...stored]))
}

async function json<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
  try {
    return v.parse(schema, JSON.parse(await readFile(path, 'utf8')))
  } catch {
    throw new AppError({ code: 'corrupt', message: `${path} cannot be read.`, hint: 'Name another run or checkpoint.' })
  }
}
