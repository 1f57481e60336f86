import { resolve } from 'node:path'
import { AppError, type AppErrorData } from '@shared/contract/errors.ts'
import { parameterCount } from '@shared/model/memory.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import { tokenizerToJson } from '@shared/text/tokenizer-json.ts'
import { TrainControl } from '@engine/train/control.ts'
import { initialParams } from '@engine/train/initial.ts'
import { prepareJob } from '@engine/train/prepare.ts'
import { trainRun } from '@engine/train/run.ts'
import type { Device } from '@engine/worker/device.ts'
import type { BackendDescription } from '@engine/worker/protocol.ts'
import { engineDevice } from './engine-device.ts'
import { helpText, readFlags } from './flags.ts'
import { FsIo } from './fs-io.ts'
import { writeModelFolder } from './model-folder.ts'
import { duration, Progress } from './progress.ts'
import { writeRunFile } from './run-file.ts'
import { newInput, resumedInput, type TrainInput } from './train-input.ts'
import { TRAIN_FLAGS } from './train-flags.ts'
import { writeText } from './write-text.ts'

const USAGE = `npm run train -- --data FILE --out DIR [--preset tiny] [--steps N] ...

Trains a GPT on a text file, without a window.`
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
  const device = engineDevice(flags.backend)
  const input = flags.resume ? await resumedInput(flags, folder) : await newInput(flags, folder, device)
  const { description } = await device.backend()
  const { config, settings, tokenizer } = input
  const progress = new Progress(settings.steps, process.stdout)
  introduce(input, description, progress)

  const io = new FsIo(folder, parameterTable(config, LM), input.ids)
  if (flags.resume) await io.trimLog((await io.load('newest'))?.trainState.step ?? -1)
  else await io.clear()
  const outcome = await runToEnd(input, io, device, flags.resume, progress)

  const last = await io.load('newest')
  const best = (await io.load('best')) ?? last
  if (!last || !best) {
    progress.say('Stopped before the first step; nothing was saved.')
    return 1
  }
  const { params } = best.session
  const { elapsedMs, step, bestValLoss, bestStep } = last.trainState
  const tokenizerJson = JSON.stringify(tokenizerToJson(tokenizer))
  await writeModelFolder(folder, { config, params, tokenizerJson, endId: tokenizer.endId })
  const seconds = elapsedMs / 1000
  const result = { outcome, adapter: description.adapter, step, seconds, bestValLoss, bestStep }
  await writeRunFile(folder, { data: input.data, config, settings, result })
  progress.say(`${outcome === 'finished' ? 'Finished' : 'Stopped'} after ${step} steps in ${duration(seconds)}.`)
  if (bestValLoss !== null) progress.say(`Best validation loss ${bestValLoss.toFixed(4)}, at step ${bestStep}.`)
  progress.say(`Model: ${folder}`)

  const prompt = settings.prompts[0] ?? ''
  const sampling = { temperature: 0.8, topK: 40, topP: 1, maxTokens: SAMPLE_TOKENS, seed: settings.seed }
  progress.say(`\n${prompt}${await writeText(device, { config, params, codec: tokenizer, prompt, sampling })}`)
  return 0
}

function introduce(input: TrainInput, device: BackendDescription, progress: Progress): void {
  const { config, settings, tokenizer, characters, ids } = input
  const n = (value: number) => value.toLocaleString('en-US')
  progress.say(`Device: ${device.adapter}${device.fallback ? ' (software: slow)' : ''}`)
  progress.say(
    `Text: ${n(characters)} characters; ${n(ids.train.length)} tokens to learn, ${n(ids.val.length)} to check (${tokenizer.kind}, ${n(tokenizer.vocabSize)} ids)`,
  )
  progress.say(
    `Model: ${config.nLayer} layers, ${config.nHead} heads, width ${config.nEmbd}, context ${config.nPositions}: ${n(parameterCount(config))} parameters`,
  )
  progress.say(
    `Plan: ${n(settings.steps)} steps of ${settings.batchSize} examples, learning rate ${settings.learningRate}`,
  )
}

/** Trains; Ctrl-C stops it after a last checkpoint. Throws what made it fail. */
async function runToEnd(
  input: TrainInput,
  io: FsIo,
  device: Device,
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
    initialParams: async () => initialParams(config, LM, settings.seed),
    openSession: (options) => device.session(options),
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
