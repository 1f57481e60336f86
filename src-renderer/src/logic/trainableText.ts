import { LORA_LAYERS, type LoraLayer } from '@shared/model/lora.ts'
import type { LoraChoice, TrainableChoice } from '@shared/model/trainable-choice.ts'

/** What a linear layer is called on the screen. */
export const LAYER_NAMES: Record<LoraLayer, string> = {
  'attn.c_attn': 'attention in (query, key, value)',
  'attn.c_attn.q': 'query',
  'attn.c_attn.k': 'key',
  'attn.c_attn.v': 'value',
  'attn.c_proj': 'attention out',
  'mlp.c_fc': 'feed-forward in',
  'mlp.c_proj': 'feed-forward out',
}

/** Layers that are often taken together. */
export const LAYER_SETS = [
  { id: 'all', label: 'All linear layers', layers: ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'] },
  { id: 'attention', label: 'Attention', layers: ['attn.c_attn', 'attn.c_proj'] },
  { id: 'feed-forward', label: 'Feed-forward', layers: ['mlp.c_fc', 'mlp.c_proj'] },
  { id: 'query-value', label: 'Query and value', layers: ['attn.c_attn.q', 'attn.c_attn.v'] },
] as const satisfies readonly { id: string; label: string; layers: readonly LoraLayer[] }[]

/** The set that holds just these layers. */
export const layerSet = (layers: readonly LoraLayer[]) => {
  const key = (some: readonly LoraLayer[]) => LORA_LAYERS.filter((layer) => some.includes(layer)).join()
  return LAYER_SETS.find((set) => key(set.layers) === key(layers))
}

const layersText = ({ layers }: LoraChoice): string =>
  layerSet(layers)?.label.toLowerCase() ?? layers.map((layer) => LAYER_NAMES[layer]).join(', ')

const blocksText = (blocks: number): string =>
  blocks === 0 ? 'Only what stands above the blocks' : blocks === 1 ? 'The last block' : `The last ${blocks} blocks`

/** What learns, in a line. */
export function trainableText(choice: TrainableChoice): string {
  switch (choice.kind) {
    case 'all':
      return 'Everything'
    case 'last_blocks':
      return blocksText(choice.blocks)
    case 'lora':
      return `Adapters of rank ${choice.rank}, alpha ${choice.alpha}, on ${layersText(choice)}`
  }
}
