import { AppError } from '@shared/contract/errors.ts'
import type { PreviewRecord, TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { encodePair, encodePrompt } from '@shared/text/templates.ts'
import type { Codec } from './codec.ts'
import { generate } from './generate.ts'
import { collatePairs, fitPairs, type EncodedPair } from './instruct-batches.ts'
import type { TrainingJob } from './job.ts'
import { fittingLength, rowEvaluation, rowTraining } from './rows.ts'

const ANSWER_TOKENS = 60
/** Held-out instructions answered while training, where the person named none. */
const WATCHED = 3

/** Learns the answers of instruction pairs; the prompt is read but not learned. Throws 'too_short' when no pair fits the context. */
export function instructJob(
  config: GptConfig,
  settings: TrainingSettings,
  codec: Codec,
  records: { train: PreviewRecord[]; val: PreviewRecord[] },
): TrainingJob {
  const { batchSize: B, seed } = settings
  const encode = ({ instruction = '', input = '', output = '' }: PreviewRecord) =>
    encodePair(codec, { instruction, input, output })
  const pairs = { train: records.train.map(encode), val: records.val.map(encode) }
  const longest = fittingLength(
    [...pairs.train, ...pairs.val].map((p) => p.ids.length - 1),
    config.nPositions,
  )
  const train = fitPairs(pairs.train, longest)
  if (train.rows.length === 0) {
    const shortest = Math.min(...pairs.train.map((p) => p.promptLength))
    throw new AppError({
      code: 'too_short',
      message: `No pair fits the context of ${config.nPositions} tokens: the shortest prompt alone takes ${shortest}.`,
      hint: 'Train a base model with a longer context, or with a tokenizer that makes fewer tokens of a text (own BPE).',
    })
  }
  const collate = (rows: readonly EncodedPair[]) => collatePairs(rows, B, longest, codec.endId)
  const watched = settings.prompts.length
    ? settings.prompts.map((instruction) => ({ instruction, input: '' }))
    : records.val.slice(0, WATCHED).map(({ instruction = '', input = '' }) => ({ instruction, input }))
  return {
    head: { kind: 'lm' },
    seqLen: longest,
    training: rowTraining(train.rows, B, seed, (row) => row.ids.length, collate),
    validation: rowEvaluation(fitPairs(pairs.val, longest).rows, B, settings.evalBatches, collate),
    async *write(session, goOn) {
      for (const record of watched) {
        const sampling = { temperature: 0, topK: 0, topP: 1, maxTokens: ANSWER_TOKENS, seed }
        const prompt = encodePrompt(codec, record)
        const { text } = await generate(session, codec, prompt, { sampling, stopAt: codec.endId, goOn })
        if (!(await goOn())) return
        yield { prompt: [record.instruction, record.input].filter(Boolean).join('\n'), text }
      }
    },
    notes: cutNotes(train, config.nPositions),
  }
}

function cutNotes({ truncated, dropped }: { truncated: number; dropped: number }, context: number): string[] {
  const notes: string[] = []
  if (truncated) notes.push(`${truncated} pairs were cut to the context of ${context} tokens.`)
  if (dropped) notes.push(`${dropped} pairs were left out because the cut took the whole answer.`)
  return notes
}
