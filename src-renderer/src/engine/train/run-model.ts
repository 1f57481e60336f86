import { AppError } from '@shared/contract/errors.ts'
import {
  ADAPTER_CONFIG_FILE,
  ADAPTER_FILE,
  adapterTensors,
  fitsPeft,
  peftConfig,
  readAdapter,
} from '@shared/formats/adapter.ts'
import { readSafetensors } from '@shared/formats/safetensors.ts'
import type { GptConfig, Head } from '@shared/model/config.ts'
import { mergeAdapters, type LoraOptions } from '@shared/model/lora.ts'
import { parameterTable, type ParameterSpec } from '@shared/model/parameters.ts'
import { trainableOf, type TrainableChoice } from '@shared/model/trainable-choice.ts'
import { trainableTable } from '@shared/model/trainable.ts'
import type { SessionState, TensorMap } from '@engine/model/session.ts'
import {
  checkpointFiles,
  MODEL_FILE,
  momentFiles,
  readModelFile,
  readOptimFile,
  tensorFile,
  type CheckpointFile,
} from './checkpoint.ts'

/**
 * How the model of a run is kept in checkpoints. A whole one is a model.safetensors. Of one with adapters there is only what trains, as
 * an adapter of peft's layout where that can hold it; every other tensor is the base's. optim.safetensors holds the moments of what trains.
 */
export class RunModel {
  /** Null for a whole model. */
  readonly lora: LoraOptions | null
  /** Name of the file with the weights. */
  readonly weightsFile: string
  private readonly trained: ParameterSpec[]

  constructor(
    private readonly config: GptConfig,
    private readonly head: Head,
    choice: TrainableChoice,
  ) {
    const trainable = trainableOf(choice, config, head)
    this.lora = trainable.lora
    this.weightsFile = trainable.lora ? ADAPTER_FILE : MODEL_FILE
    this.trained = trainableTable(config, head, trainable).filter((spec) => spec.trains)
  }

  /** @param base where the base lies, for the adapter's own record of it */
  files(state: SessionState, base: string | null): CheckpointFile[] {
    const { config, head, lora, trained } = this
    if (!lora) return checkpointFiles(parameterTable(config, head), state, trained)
    const layout = fitsPeft(lora) ? 'peft' : 'plain'
    const also = trained.filter(({ name }) => !name.includes('.lora_'))
    const tensors = adapterTensors(config, { layout, lora, params: state.params }, also)
    const settings = layout === 'peft' ? [jsonFile(ADAPTER_CONFIG_FILE, peftConfig(lora, also.length > 0, base))] : []
    return [tensorFile(ADAPTER_FILE, tensors), ...settings, ...momentFiles(trained, state)]
  }

  /** What the weights file holds. @throws AppError 'corrupt' when it is damaged or of another model */
  readWeights(bytes: Uint8Array): TensorMap {
    const { config, head, lora, trained } = this
    if (!lora) return readModelFile(bytes, parameterTable(config, head))
    const { params } = readAdapter(readSafetensors(bytes).tensors, config, lora.alpha)
    for (const { name, shape } of trained) {
      if (params.get(name)?.length === shape.reduce((a, b) => a * b, 1)) continue
      throw new AppError({
        code: 'corrupt',
        message: `${ADAPTER_FILE}: ${name} is missing or of another size than ${shape.join(' x ')}.`,
        hint: 'The file belongs to another run, or was changed.',
      })
    }
    return params
  }

  /** Likewise. */
  readMoments(bytes: Uint8Array): { m: TensorMap; v: TensorMap } {
    return readOptimFile(bytes, this.trained)
  }

  /** The model without adapters that computes the same. */
  merge(params: TensorMap): TensorMap {
    return this.lora ? mergeAdapters(this.config, this.lora, params) : params
  }
}

function jsonFile(name: string, value: object): CheckpointFile {
  const bytes = new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
  return {
    name,
    bytes: bytes.length,
    async *parts() {
      yield bytes
    },
  }
}
