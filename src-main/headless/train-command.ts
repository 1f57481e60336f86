import { resolve } from 'node:path'
import { AppError, type AppErrorData } from '@shared/contract/errors.ts'
import { parameterCount } from '@shared/model/memory.ts'
import { trainableCounts, trainableOf } from '@shared/model/trainable-choice.ts'
import { tokenizerToJson } from '@shared/text/tokenizer-json.ts'
import { TrainControl } from '@engine/train/control.ts'
import { startingParams } from '@engine/train/initial.ts'
import { prepareJob } from '@engine/train/prepare.ts'
import { RunModel } from '@engine/train/run-model.ts'
import { trainRun } from '@engine/train/run.ts'
import type { ChosenBackend } from '@engine/worker/protocol.ts'
import { RunDevice } from '@engine/worker/run-device.ts'
import { deviceLine, engineDevice, wishOf } from './engine-device.ts'
import { helpText, readFlags } from './flags.ts'
import { FsIo } from './fs-io.ts'
import { writeAdapterFolder, writeModelFolder } from './model-folder.ts'
import { duration, Progress } from './progress.ts'
import { writeRunFile } from './run-file.ts'
import { newInput, resumedInput, type TrainInput } from './train-input.ts'
import { TRAIN_FLAGS } from './train-flags.ts'
import { writeText } from './write-text.ts'

const USAGE = `npm run train -- --data FILE --out DIR [--preset tiny] [--steps N] ...

Trains a GPT on a text file, without a window. With --base a model that has learned already learns on: all of it, its
last blocks, or adapters beside it (--lora-rank 8 --lora-alpha 16).`
const LM = { kind: 'lm' } as const
const SAMPLE_TOKENS = 200

/** `npm run train`: from a text file to a model folder. Resolves to the exit code. */
export async function trainCommand(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${helpText(USAGE, TRAIN_FLAGS)}\n`)
    return 0
  }
  const flags = readFlags(TRAIN_FLAGS, args)
  const folder = resolve(flags.out)
  const wish = await wishOf(flags)
  const device = engineDevice(wish)
  const input = flags.resume ? await resumedInput(flags, folder) : await newInput(flags, folder, device)
  const { description } = await device.backend()
  const { config, settings, tokenizer } = input
  const progress = new Progress(settings.steps, process.stdout)
  introduce(input, description, progress)

  const model = new RunModel(config, LM, settings.trainable)
  const io = new FsIo(folder, model, input.ids, input.base)
  if (flags.resume) await io.trimLog((await io.load('newest'))?.trainState.step ?? -1)
  else await io.clear()
  const outcome = await runToEnd(input, io, new RunDevice(device, wish.backend), flags.resume, progress)

  const last = await io.load('newest')
  const best = (await io.load('best')) ?? last
  if (!last || !best) {
    progress.say('Stopped before the first step; nothing was saved.')
    return 1
  }
  const params = model.merge(best.session.params)
  const { elapsedMs, step, bestValLoss, bestStep } = last.trainState
  const tokenizerJson = JSON.stringify(tokenizerToJson(tokenizer))
  const { base } = input
  if (model.lora && base && !flags.merge) {
    const files = model.files({ params: best.session.params }, base.path)
    await writeAdapterFolder(folder, files, tokenizerJson)
  } else await writeModelFolder(folder, { config, params, tokenizerJson, endId: tokenizer.endId })
  const seconds = elapsedMs / 1000
  // The one that it ended on.
  const { adapter } = (await device.backend()).description
  const result = { outcome, adapter, step, seconds, bestValLoss, bestStep }
  await writeRunFile(folder, { data: input.data, base: base?.path ?? null, config, settings, result })
  progress.say(`${outcome === 'finished' ? 'Finished' : 'Stopped'} after ${step} steps in ${duration(seconds)}.`)
  if (bestValLoss !== null) progress.say(`Best validation loss ${bestValLoss.toFixed(4)}, at step ${bestStep}.`)
  const what = model.lora && base && !flags.merge ? `Adapters to ${base.path}` : 'Model'
  progress.say(`${what}: ${folder}`)

  const prompt = settings.prompts[0] ?? ''
  const sampling = { temperature: 0.8, topK: 40, topP: 1, maxTokens: SAMPLE_TOKENS, seed: settings.seed }
  progress.say(`\n${prompt}${await writeText(device, { config, params, codec: tokenizer, prompt, sampling })}`)
  return 0
}

function introduce(input: TrainInput, device: ChosenBackend, progress: Progress): void {
  const { config, settings, tokenizer, characters, ids } = input
  const n = (value: number) => value.toLocaleString('en-US')
  progress.say(deviceLine(device))
  progress.say(
    `Text: ${n(characters)} characters; ${n(ids.train.length)} tokens to learn, ${n(ids.val.length)} to check (${tokenizer.kind}, ${n(tokenizer.vocabSize)} ids)`,
  )
  progress.say(
    `Model: ${config.nLayer} layers, ${config.nHead} heads, width ${config.nEmbd}, context ${config.nPositions}: ${n(parameterCount(config))} parameters`,
  )
  const { trained, total } = trainableCounts(config, LM, trainableOf(settings.trainable, config, LM))
  if (trained < total) progress.say(`Learning: ${n(trained)} of ${n(total)} parameters, on ${input.base?.path}`)
  progress.say(
    `Plan: ${n(settings.steps)} steps of ${settings.batchSize * settings.accumulation} examples, learning rate ${settings.learningRate}`,
  )
}

/** Trains; Ctrl-C stops it after a last checkpoint. Throws what made it fail. */
async function runToEnd(
  input: TrainInput,
  io: FsIo,
  device: RunDevice,
  resume: boolean,
  progress: Progress,
): Promise<'finished' | 'stopped'> {
  const { config, settings, tokenizer } = input
  const control = new TrainControl()
  const interrupt = () => {
    progress.say('Stopping after a last checkpoint. Press Ctrl-C again to leave at once.')
    control.stop()
  }
  process.once('SIGINT', interrupt)
  let failure: AppErrorData = { code: 'internal', message: 'The run ended without saying why.' }
  const outcome = await trainRun({
    config,
    settings,
    resume,
    prepare: () => prepareJob({ kind: 'pretrain', config, settings, labels: [] }, tokenizer, io),
    initialParams: async () => startingParams(input.base?.params ?? null, config, LM, settings),
    openSession: async (options) => (await device.open()).createSession(options),
    replaceDevice: () => device.replace(),
    io,
    control,
    events: {
      phase: (_phase, _step, extra) => {
        if (extra?.error) failure = extra.error
        if (extra?.note) progress.say(extra.note)
      },
      metrics: (rows) => progress.rows(rows),
      sample: () => {},
      checkpoint: () => {},
      report: () => {},
    },
    onDeviceLost: (reason, recovering) => progress.say(`${reason}${recovering ? ' Trying again.' : ''}`),
    now: () => performance.now(),
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  })
  process.off('SIGINT', interrupt)
  if (outcome === 'failed') throw new AppError(failure)
  return outcome
}
