import { resolve } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { formatPrompt } from '@shared/text/templates.ts'
import { tokenizerFromJson } from '@shared/text/tokenizer-json.ts'
import { BACKEND_FLAGS } from './backend-flags.ts'
import { deviceLine, engineDevice, wishOf } from './engine-device.ts'
import { helpText, readFlags } from './flags.ts'
import { readAnyModel } from './any-model.ts'
import { writeText } from './write-text.ts'

const USAGE = `npm run generate -- --model DIR --prompt TEXT

Continues a text with a model of yours.`

const FLAGS = {
  model: {
    kind: 'text',
    value: 'DIR',
    help: '--out of npm run train, or a run or checkpoint folder of the studio',
    required: true,
  },
  prompt: { kind: 'text', value: 'TEXT', help: 'text to continue; an empty one when left out' },
  instruct: {
    kind: 'switch',
    help: 'ask instead: wraps the prompt as an instruction, for a model taught to follow them',
  },
  'max-tokens': { kind: 'integer', value: 'N', help: 'longest answer in tokens (200)', min: 1, max: 1_000_000 },
  temperature: { kind: 'number', value: 'X', help: '0 always takes the likeliest token (0.8)', min: 0, max: 5 },
  'top-k': { kind: 'integer', value: 'N', help: 'only the N likeliest tokens; 0 for all (40)', min: 0 },
  'top-p': {
    kind: 'number',
    value: 'X',
    help: 'only the likeliest tokens that make up this share; 1 for all (1)',
    min: 0,
    max: 1,
  },
  seed: { kind: 'integer', value: 'N', help: 'the same seed repeats the same text (1)', min: 0, max: 4_294_967_295 },
  ...BACKEND_FLAGS,
  help: { kind: 'switch', help: 'show this' },
} as const

/** `npm run generate`: streams a continuation to stdout. Resolves to the exit code. */
export async function generateCommand(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${helpText(USAGE, FLAGS)}\n`)
    return 0
  }
  const flags = readFlags(FLAGS, args)
  const { config, params, tokenizerJson } = await readAnyModel(resolve(flags.model))
  const codec = tokenizerFromJson(JSON.parse(tokenizerJson))
  if (codec.vocabSize > config.vocabSize) {
    throw new AppError({
      code: 'unsupported',
      message: `The tokenizer has ${codec.vocabSize} ids, the model only ${config.vocabSize}.`,
      hint: 'The two files do not belong together.',
    })
  }
  const asked = flags.prompt ?? ''
  const prompt = flags.instruct ? formatPrompt({ instruction: asked, input: '' }) : asked
  const device = engineDevice(await wishOf(flags))
  // Not among the text, which may be piped on.
  process.stderr.write(`${deviceLine((await device.backend()).description)}\n`)
  if (!flags.instruct) process.stdout.write(prompt)
  await writeText(device, {
    config,
    params,
    codec,
    prompt,
    sampling: {
      temperature: flags.temperature ?? 0.8,
      topK: flags['top-k'] ?? 40,
      topP: flags['top-p'] ?? 1,
      maxTokens: flags['max-tokens'] ?? 200,
      seed: flags.seed ?? 1,
    },
    onText: (text) => process.stdout.write(text),
  })
  process.stdout.write('\n')
  return 0
}
