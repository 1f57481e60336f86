import { AppError } from '@shared/contract/errors.ts'
import type { TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import type { Codec } from './codec.ts'
import { generate } from './generate.ts'
import type { TokenSource } from './io.ts'
import type { TrainingJob } from './job.ts'
import { textEvaluation, textTraining } from './text-batches.ts'

/** Length of the texts written while training. */
const SAMPLE_TOKENS = 80

/** Next-token training on one long text. Throws 'too_short' when it does not hold one example. */
export function pretrainJob(
  config: GptConfig,
  settings: TrainingSettings,
  codec: Codec,
  tokens: { train: TokenSource; val: TokenSource },
): TrainingJob {
  const { nPositions: T } = config
  const { batchSize: B, seed } = settings
  if (tokens.train.count < T + 1) {
    throw new AppError({
      code: 'too_short',
      message: `The text has ${tokens.train.count} tokens for training; one example needs ${T + 1} with a context of ${T}.`,
      hint: 'Use a smaller context, or add text.',
    })
  }
  return {
    head: { kind: 'lm' },
    seqLen: T,
    training: textTraining(tokens.train, B, T, seed),
    validation: textEvaluation(tokens.val, B, T, settings.evalBatches),
    async *write(session, goOn) {
      for (const prompt of settings.prompts) {
        const sampling = { temperature: 0.8, topK: 40, topP: 1, maxTokens: SAMPLE_TOKENS, seed }
        const { text } = await generate(session, codec, codec.encode(prompt), { sampling, stopAt: codec.endId, goOn })
        if (!(await goOn())) return
        yield { prompt, text }
      }
    },
    notes: [],
  }
}
