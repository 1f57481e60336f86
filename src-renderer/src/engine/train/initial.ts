import { AppError } from '@shared/contract/errors.ts'
import type { TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig, Head } from '@shared/model/config.ts'
import { loraTable, type LoraOptions } from '@shared/model/lora.ts'
import { parameterTable, type ParameterSpec } from '@shared/model/parameters.ts'
import { trainableOf } from '@shared/model/trainable-choice.ts'
import { mix32 } from '@shared/random/permutation.ts'
import { createRng } from '@shared/random/rng.ts'
import type { TensorMap } from '@engine/model/session.ts'

/** Parameters of a new model: seeded draws as the parameter table says, each tensor on its own. */
export function initialParams(config: GptConfig, head: Head, seed: number): TensorMap {
  return new Map(parameterTable(config, head).map((spec, i) => [spec.name, initialTensor(spec, mix32(seed, i))]))
}

/**
 * Parameters for finetuning `base`: its own, but for a class head, which starts anew from `seed`.
 * Throws 'unsupported' when `base` lacks a tensor or has another shape.
 */
export function finetuneParams(base: TensorMap, config: GptConfig, head: Head, seed: number): TensorMap {
  return new Map(
    parameterTable(config, head).map((spec, i) => {
      if (spec.name === 'score.weight') return [spec.name, initialTensor(spec, mix32(seed, i))]
      const values = base.get(spec.name)
      if (values?.length === size(spec)) return [spec.name, values]
      throw new AppError({
        code: 'unsupported',
        message: `The base model's ${spec.name} ${values ? `has ${values.length} numbers` : 'is missing'}; ${size(spec)} were expected.`,
        hint: 'Start from a run with the same architecture and tokenizer.',
      })
    }),
  )
}

/** What a run starts from: the parameters of `base`, or new ones; and new adapters where it trains such. */
export function startingParams(
  base: TensorMap | null,
  config: GptConfig,
  head: Head,
  { seed, trainable }: Pick<TrainingSettings, 'seed' | 'trainable'>,
): TensorMap {
  const params = base ? finetuneParams(base, config, head, seed) : initialParams(config, head, seed)
  const { lora } = trainableOf(trainable, config, head)
  // With a seed of their own: not the draws of a class head.
  return lora ? new Map([...params, ...initialAdapters(config, lora, mix32(seed, ADAPTER_STREAM))]) : params
}

const ADAPTER_STREAM = 0x10ba

/** New adapters for a model, which leave it as it is; seeded draws. */
export function initialAdapters(config: GptConfig, lora: LoraOptions, seed: number): TensorMap {
  return new Map(loraTable(config, lora).map((spec, i) => [spec.name, initialTensor(spec, mix32(seed, i))]))
}

function initialTensor({ init, ...spec }: ParameterSpec, seed: number): Float32Array {
  const values = new Float32Array(size(spec))
  if (init.kind === 'ones') values.fill(1)
  const rng = createRng(seed)
  if (init.kind === 'normal') for (let i = 0; i < values.length; i++) values[i] = init.std * rng.normal()
  if (init.kind === 'uniform') for (let i = 0; i < values.length; i++) values[i] = init.bound * (2 * rng.next() - 1)
  return values
}

const size = (spec: Pick<ParameterSpec, 'shape'>) => spec.shape.reduce((a, b) => a * b, 1)
