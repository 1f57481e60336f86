import type { GptConfig, Head } from './config.ts'
import { blockAdapters, loraTable, type Adapter, type LoraOptions } from './lora.ts'
import { parameterTable, type ParameterSpec } from './parameters.ts'

/** What of a model trains; the rest is frozen: it has neither gradients nor moments, and weight decay doesn't touch it. */
export interface Trainable {
  /** Token and position embeddings. With tied embeddings the token embeddings train as well where `head` does, for they are its weight. */
  embeddings: boolean
  /** Indices of the blocks whose own weights train. */
  blocks: readonly number[]
  /** ln_f */
  finalNorm: boolean
  /** The language-model head, or the class scores. */
  head: boolean
  /** Adapters that train in every block. They are part of the model even where nothing trains. */
  lora: LoraOptions | null
}

/** Everything, without adapters. */
export function trainAll({ nLayer }: Pick<GptConfig, 'nLayer'>): Trainable {
  const blocks = Array.from({ length: nLayer }, (_, i) => i)
  return { embeddings: true, blocks, finalNorm: true, head: true, lora: null }
}

/** The last `count` blocks, ln_f and the head: the usual way to finetune a classifier (Raschka 2024, chapter 6). */
export function trainLastBlocks(config: Pick<GptConfig, 'nLayer'>, count: number): Trainable {
  const { blocks, ...all } = trainAll(config)
  return { ...all, embeddings: false, blocks: blocks.slice(Math.max(0, config.nLayer - count)) }
}

/** Adapters alone; with class labels also the scores, which start anew (peft's `modules_to_save`). */
export function trainAdapters(lora: LoraOptions, head: Head): Trainable {
  return { embeddings: false, blocks: [], finalNorm: false, head: head.kind === 'classification', lora }
}

/** Whether a parameter trains, by its Hugging Face name. `lm_head.weight` stands for a tied head too. */
export function trains(
  name: string,
  trainable: Trainable,
  config: Pick<GptConfig, 'tieWordEmbeddings'>,
  head: Head,
): boolean {
  if (name.includes('.lora_')) return trainable.lora !== null
  const block = /^transformer\.h\.(\d+)\./.exec(name)
  if (block) return trainable.blocks.includes(Number(block[1]))
  if (name.startsWith('transformer.ln_f.')) return trainable.finalNorm
  const tied = head.kind === 'lm' && config.tieWordEmbeddings
  if (name === 'transformer.wte.weight') return trainable.embeddings || (tied && trainable.head)
  return name === 'transformer.wpe.weight' ? trainable.embeddings : trainable.head
}

/** Every parameter with its adapters, and which of them train. */
export function trainableTable(
  config: GptConfig,
  head: Head,
  trainable: Trainable = trainAll(config),
): (ParameterSpec & { trains: boolean })[] {
  return [...parameterTable(config, head), ...loraTable(config, trainable.lora)].map((spec) => ({
    ...spec,
    trains: trains(spec.name, trainable, config, head),
  }))
}

/** Index of the lowest block that the backward pass enters, 0 also for what lies below the blocks; nLayer when it ends above them. */
export function lowestBlock(config: GptConfig, head: Head, trainable: Trainable): number {
  if (trains('transformer.wte.weight', trainable, config, head)) return 0
  if (trainable.lora && blockAdapters(config, trainable.lora).length > 0) return 0
  return Math.min(config.nLayer, ...trainable.blocks)
}

/**
 * Whether the backward pass of a block needs the inputs of a linear layer: for the gradients of its weights or of an adapter.
 * @param block index
 */
export function needsInput(
  linear: Adapter['linear'],
  block: number,
  config: Pick<GptConfig, 'nEmbd'>,
  trainable: Trainable,
): boolean {
  if (trainable.blocks.includes(block)) return true
  return blockAdapters(config, trainable.lora).some((adapter) => adapter.linear === linear)
}
