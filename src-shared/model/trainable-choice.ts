import * as v from 'valibot'
import type { GptConfig, Head } from './config.ts'
import { LORA_LAYERS } from './lora.ts'
import { trainableTable, trainAdapters, trainAll, trainLastBlocks, type Trainable } from './trainable.ts'

/** What a person has a run train, as its settings keep it. */
export const trainableChoiceSchema = v.variant('kind', [
  v.object({ kind: v.literal('all') }),
  v.object({
    kind: v.literal('last_blocks'),
    /** That many blocks at the end, with what stands above them; 0 for what stands above alone. */
    blocks: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(96)),
  }),
  v.object({
    kind: v.literal('lora'),
    rank: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)),
    /** The adapters' share is scaled by alpha / rank. */
    alpha: v.pipe(v.number(), v.gtValue(0), v.maxValue(65_536)),
    /** In every block. */
    layers: v.pipe(v.array(v.picklist(LORA_LAYERS)), v.minLength(1), v.maxLength(LORA_LAYERS.length)),
  }),
])

export type TrainableChoice = v.InferOutput<typeof trainableChoiceSchema>
export type LoraChoice = Extract<TrainableChoice, { kind: 'lora' }>

/**
 * What trains of a model by the choice made. With the last blocks a tied language-model head stays as it is: it is the token embedding,
 * whose gradient would lead through every block.
 */
export function trainableOf(choice: TrainableChoice, config: GptConfig, head: Head): Trainable {
  switch (choice.kind) {
    case 'all':
      return trainAll(config)
    case 'last_blocks':
      return {
        ...trainLastBlocks(config, choice.blocks),
        head: head.kind === 'classification' || !config.tieWordEmbeddings,
      }
    case 'lora': {
      const { rank, alpha } = choice
      // In the order of the model, each once, so that the same choice always has the same tensors.
      return trainAdapters({ rank, alpha, layers: LORA_LAYERS.filter((l) => choice.layers.includes(l)) }, head)
    }
  }
}

/** Numbers that train, and numbers of the whole model with its adapters. */
export function trainableCounts(
  config: GptConfig,
  head: Head,
  trainable: Trainable,
): { trained: number; total: number } {
  const table = trainableTable(config, head, trainable)
  const count = (specs: typeof table) =>
    specs.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)
  return { trained: count(table.filter((spec) => spec.trains)), total: count(table) }
}
