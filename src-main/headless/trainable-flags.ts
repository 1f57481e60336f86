import { AppError } from '@shared/contract/errors.ts'
import { LORA_DEFAULT } from '@shared/model/defaults.ts'
import { LORA_LAYERS, type LoraLayer } from '@shared/model/lora.ts'
import type { TrainableChoice } from '@shared/model/trainable-choice.ts'
import type { TrainValues } from './train-flags.ts'

type Given = Partial<Pick<TrainValues, 'base' | 'lora-rank' | 'lora-alpha' | 'lora-layers' | 'last-blocks'>>

/** What is to be trained by the flags. @throws AppError 'bad_request' for flags that don't go together, or unknown layers */
export function trainableFlags(flags: Given): TrainableChoice {
  const blocks = flags['last-blocks']
  const rank = flags['lora-rank']
  const lora = [rank, flags['lora-alpha'], flags['lora-layers']].some((value) => value !== undefined)
  if (!lora && blocks === undefined) return { kind: 'all' }
  if (lora && blocks !== undefined)
    throw wrong('Adapters and last blocks exclude each other.', 'Leave one of them out.')
  if (flags.base === undefined)
    throw wrong('Adapters and last blocks are trained on a model that has learned already.', 'Name it: --base DIR.')
  if (blocks !== undefined) return { kind: 'last_blocks', blocks }
  const ownRank = rank ?? LORA_DEFAULT.rank
  return {
    kind: 'lora',
    rank: ownRank,
    alpha: flags['lora-alpha'] ?? 2 * ownRank,
    layers: layersOf(flags['lora-layers']),
  }
}

function layersOf(list: string | undefined): LoraLayer[] {
  if (list === undefined) return [...LORA_DEFAULT.layers]
  return list.split(',').map((name) => {
    const layer = LORA_LAYERS.find((known) => known === name.trim())
    if (layer) return layer
    throw wrong(`--lora-layers: there is no layer “${name.trim()}”.`, `Choose among ${LORA_LAYERS.join(', ')}.`)
  })
}

const wrong = (message: string, hint: string) => new AppError({ code: 'bad_request', message, hint })
