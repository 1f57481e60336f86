import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { trainingSettingsSchema } from '@shared/contract/schemas.ts'
import { gptConfigSchema } from '@shared/model/config.ts'
import * as v from 'valibot'
import { writeAtomic } from '../fs/atomic.ts'

const RUN_FILE = 'train.json'

const runFileSchema = v.object({
  /** Absolute path of the text. */
  data: v.string(),
  /** Absolute path of the model trained on; null for one from random weights. */
  base: v.optional(v.nullable(v.string()), null),
  config: gptConfigSchema,
  settings: trainingSettingsSchema,
  /** What came of it, once it has ended. */
  result: v.nullable(
    v.object({
      outcome: v.string(),
      adapter: v.string(),
      step: v.number(),
      seconds: v.number(),
      bestValLoss: v.nullable(v.number()),
      bestStep: v.nullable(v.number()),
    }),
  ),
})

/** What a run of the train command was and became: train.json in its folder. */
export type RunFile = v.InferOutput<typeof runFileSchema>

export async function writeRunFile(folder: string, run: RunFile): Promise<void> {
  await writeAtomic(join(folder, RUN_FILE), `${JSON.stringify(run, null, 2)}\n`)
}

/** Reads a folder's train.json. Throws 'not_found' or 'corrupt'. */
export async function readRunFile(folder: string): Promise<RunFile> {
  const path = join(folder, RUN_FILE)
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) {
    throw new AppError({
      code: 'not_found',
      message: `There is no ${RUN_FILE} in ${folder}: nothing to resume.`,
      hint: 'Name the --out folder of an earlier run, or start without --resume.',
    })
  }
  try {
    return v.parse(runFileSchema, JSON.parse(text))
  } catch {
    throw new AppError({ code: 'corrupt', message: `${path} cannot be read.`, hint: 'Start without --resume.' })
  }
}
