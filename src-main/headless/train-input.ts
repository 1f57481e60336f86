import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { hardwareOf } from '@shared/model/hardware.ts'
import { recommendPreset, recommendTokenizer } from '@shared/model/recommend.ts'
import { tokenizerFromJson, tokenizerToJson } from '@shared/text/tokenizer-json.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'
import type { TensorMap } from '@engine/model/session.ts'
import type { Device } from '@engine/worker/device.ts'
import { writeAtomic } from '../fs/atomic.ts'
import { readAnyModel } from './any-model.ts'
import { TOKENIZER_FILE } from './model-folder.ts'
import { planRun, recomputeOf, type Plan } from './plan.ts'
import { readRunFile, writeRunFile } from './run-file.ts'
import { readTextFile } from './text-file.ts'
import { makeTokenizer } from './tokenizers.ts'
import type { TrainValues } from './train-flags.ts'

/** Share of the text that is held back, from its end (nanoGPT's `data/shakespeare_char/prepare.py`). */
const VAL_SHARE = 0.1

/** All that a run of the train command starts from. */
export interface TrainInput extends Plan {
  /** Absolute path of the text. */
  data: string
  /** The model trained on, and the absolute path of its folder; null for one from random weights. */
  base: { path: string; params: TensorMap } | null
  tokenizer: Tokenizer
  characters: number
  ids: { train: ArrayLike<number>; val: ArrayLike<number> }
}

/** A new run by the flags; its folder is made, with train.json and tokenizer.json in it. */
export async function newInput(flags: TrainValues, folder: string, device: Device): Promise<TrainInput> {
  if (flags.data === undefined) {
    throw new AppError({
      code: 'bad_request',
      message: '--data FILE is missing: the text to learn.',
      hint: 'Run it with --help for all flags.',
    })
  }
  const base = flags.base === undefined ? null : await readBase(flags, resolve(flags.base))
  const data = resolve(flags.data)
  const text = await readTextFile(data)
  const advice = recommendTokenizer(text.length)
  const tokenizer = base
    ? tokenizerFromJson(JSON.parse(base.tokenizerJson))
    : makeTokenizer(flags.tokenizer ?? advice.kind, text, flags.vocab ?? (advice.vocabSize || 512))
  const ids = split(tokenizer, text)
  const hardware = hardwareOf((await device.backend()).description)
  const { config, settings } = planRun(flags, flags.preset ?? recommendPreset(text.length, hardware).preset, {
    vocabSize: tokenizer.vocabSize,
    tokens: { train: ids.train.length, val: ids.val.length },
    characters: text.length,
    hardware,
    base: base?.config,
    prompt: text.trimStart().split(/\s+/, 4).join(' '),
  })
  await mkdir(folder, { recursive: true })
  await writeAtomic(join(folder, TOKENIZER_FILE), JSON.stringify(tokenizerToJson(tokenizer)))
  await writeRunFile(folder, { data, base: base?.path ?? null, config, settings, result: null })
  return { data, base, config, settings, tokenizer, characters: text.length, ids }
}

/** The run in `folder` again; only the number of steps may change, and what no result depends on. */
export async function resumedInput(flags: TrainValues, folder: string): Promise<TrainInput> {
  const { data, base, config, settings } = await readRunFile(folder)
  const text = await readTextFile(data)
  const tokenizer = tokenizerFromJson(JSON.parse(await readFile(join(folder, TOKENIZER_FILE), 'utf8')))
  const steps = flags.steps ?? settings.steps
  return {
    data,
    base: base === null ? null : { path: base, params: (await readAnyModel(base)).params },
    config,
    settings: { ...settings, steps, recompute: recomputeOf(flags) ?? settings.recompute },
    tokenizer,
    characters: text.length,
    ids: split(tokenizer, text),
  }
}

/** What the base decides can't be chosen as well. */
const OF_THE_BASE = ['preset', 'tokenizer', 'vocab', 'context', 'layers', 'heads', 'width'] as const

async function readBase(flags: TrainValues, path: string) {
  const given = OF_THE_BASE.find((name) => flags[name] !== undefined)
  if (given === undefined) return { path, ...(await readAnyModel(path)) }
  throw new AppError({
    code: 'bad_request',
    message: `--${given} can't be chosen: the model in ${path} decides it.`,
    hint: `Leave out --${given}, or --base.`,
  })
}

function split(tokenizer: Tokenizer, text: string): TrainInput['ids'] {
  const cut = Math.floor(text.length * (1 - VAL_SHARE))
  const encode = (part: string) => tokenizer.encodeBytes(new TextEncoder().encode(part))
  return { train: encode(text.slice(0, cut)), val: encode(text.slice(cut)) }
}
