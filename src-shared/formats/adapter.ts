import { AppError } from '../contract/errors.ts'
import type { GptConfig } from '../model/config.ts'
import { LORA_LAYERS, loraTable, type LoraLayer, type LoraOptions } from '../model/lora.ts'
import { toFloat32, type StoredTensor } from './safetensors.ts'

/**
 * Files of low-rank adapters, beside a Hugging Face GPT-2.
 * peft: `base_model.model.transformer.h.0.attn.c_attn.lora_A.weight` in adapter_model.safetensors with an adapter_config.json, as peft's
 *   `save_pretrained` writes and `PeftModel.from_pretrained` reads. A linear layer has one pair, so q, k and v can't differ.
 * plain: the engine's own names; thirds of c_attn have pairs of their own, `transformer.h.0.attn.c_attn.lora_A.q.weight`.
 */
export type AdapterLayout = 'peft' | 'plain'

export const ADAPTER_FILE = 'adapter_model.safetensors'
export const ADAPTER_CONFIG_FILE = 'adapter_config.json'
const PREFIX = 'base_model.model.'

export interface AdapterTensors {
  layout: AdapterLayout
  lora: LoraOptions
  /** By the engine's names; also tensors that train beside the adapters, such as class scores. */
  params: Map<string, Float32Array>
}

/**
 * @param alpha of adapter_config.json (`lora_alpha`) or wherever it is kept: the tensors don't tell
 * @throws AppError 'unsupported' for adapters of another kind, 'corrupt' where tensors are missing or of another shape than the model's
 */
export function readAdapter(
  tensors: ReadonlyMap<string, StoredTensor>,
  config: GptConfig,
  alpha: number,
): AdapterTensors {
  const layout = [...tensors.keys()].some((name) => name.startsWith(PREFIX)) ? 'peft' : 'plain'
  // A state dict of peft names the adapter too, a saved file doesn't.
  const plain = (name: string) => name.replace(PREFIX, '').replace(/\.lora_([AB])\.default\./, '.lora_$1.')
  const byName = new Map([...tensors].map(([name, tensor]) => [plain(name), tensor]))
  const layers = new Set<LoraLayer>()
  let rank = 0
  for (const [name, { shape }] of byName) {
    if (!name.includes('lora_')) continue
    const [, linear, matrix, part] = /^transformer\.h\.\d+\.(.+)\.lora_([AB])(\.[qkv])?\.weight$/.exec(name) ?? []
    const layer = LORA_LAYERS.find((known) => known === `${linear}${part ?? ''}`)
    if (!layer) throw unsupported(`the tensor ${name} belongs to no linear layer of a GPT-2 block`)
    layers.add(layer)
    if (matrix === 'A') rank ||= shape[0]!
  }
  if (layers.size === 0) throw unsupported('it holds no low-rank matrices')
  const lora: LoraOptions = { rank, alpha, layers: LORA_LAYERS.filter((layer) => layers.has(layer)) }
  for (const { name, shape } of loraTable(config, lora)) {
    const found = byName.get(name)
    if (found?.shape.join(' x ') === shape.join(' x ')) continue
    throw new AppError({
      code: 'corrupt',
      message: `The adapter's ${name} ${found ? `is ${found.shape.join(' x ')}` : 'is missing'}; ${shape.join(' x ')} is due.`,
      hint: 'Choose the model that this adapter was trained on.',
    })
  }
  return { layout, lora, params: new Map([...byName].map(([name, tensor]) => [name, toFloat32(tensor)])) }
}

/**
 * Tensors of adapter_model.safetensors: the adapters, and what else of `params` is named in `also`.
 * @throws AppError 'unsupported' for thirds of c_attn in peft's layout
 */
export function adapterTensors(
  config: GptConfig,
  { layout, lora, params }: AdapterTensors,
  also: readonly { name: string; shape: readonly number[] }[] = [],
): { name: string; shape: readonly number[]; data: Float32Array }[] {
  if (layout === 'peft') checkPeft(lora)
  const prefix = layout === 'peft' ? PREFIX : ''
  return [...loraTable(config, lora), ...also].map(({ name, shape }) => {
    const data = params.get(name)
    if (!data) throw new Error(`There is no ${name} to write.`)
    return { name: prefix + name, shape, data }
  })
}

/** Whether peft's layout can hold the adapters: it has none for thirds of c_attn. */
export const fitsPeft = ({ layers }: Pick<LoraOptions, 'layers'>): boolean => !layers.some(isThird)

/**
 * adapter_config.json for peft.
 * @param base where the model lies that the adapter belongs to
 * @throws AppError 'unsupported' for thirds of c_attn
 */
export function peftConfig(lora: LoraOptions, classification = false, base: string | null = null): object {
  checkPeft(lora)
  return {
    peft_type: 'LORA',
    task_type: classification ? 'SEQ_CLS' : 'CAUSAL_LM',
    base_model_name_or_path: base,
    inference_mode: true,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    target_modules: [...lora.layers],
    // GPT-2's Conv1D keeps its weights (in, out).
    fan_in_fan_out: true,
    bias: 'none',
    modules_to_save: classification ? ['score'] : null,
  }
}

const isThird = (layer: LoraLayer): boolean => /\.[qkv]$/.test(layer)

function checkPeft({ layers }: LoraOptions): void {
  const part = layers.find(isThird)
  if (part) throw unsupported(`peft has no adapters for a third of c_attn, as ${part} is`, 'Merge it into its model.')
}

const unsupported = (why: string, hint = 'Choose an adapter made by peft’s LoRA for a GPT-2.') =>
  new AppError({ code: 'unsupported', message: `This adapter can't be used: ${why}.`, hint })
