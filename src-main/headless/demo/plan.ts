import type { RunKind } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { presetConfig } from '@shared/model/presets.ts'

/** Everything that the demo decides instead of a person; all else are the studio's own defaults. */
export interface DemoPlan {
  /** Of the tokenizer, an own BPE. */
  vocabSize: number
  preset: string
  config(vocabSize: number): GptConfig
  steps: Record<RunKind, number>
  /** Held-out questions asked in the end, the first of the test part. */
  questions: number
}

/** Half of a Tiny model's layers: in four minutes of two cores it gets further than with all of them. */
const SHAPE = { ...presetConfig('tiny', 0), nLayer: 2 }

/** Takes about four minutes on two cores. */
export const DEMO: DemoPlan = {
  vocabSize: 2048,
  preset: 'custom',
  config: (vocabSize) => ({ ...SHAPE, vocabSize }),
  steps: { pretrain: 1200, instruct: 2100, classify: 250 },
  questions: 50,
}
