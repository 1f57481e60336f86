import type { GptConfig } from '@shared/model/config.ts'
import { parameterTable } from '@shared/model/parameters.ts'

export const PART_IDS = [
  'tokenEmbedding',
  'positionEmbedding',
  'attentionNorm',
  'attention',
  'feedForwardNorm',
  'feedForward',
  'finalNorm',
  'head',
] as const
export type PartId = (typeof PART_IDS)[number]

export interface ModelPart {
  id: PartId
  name: string
  /** What it does, in the numbers of this model. */
  text: string
  /** Shape of what comes in and goes out, for one text of T tokens. */
  input: string
  output: string
  /** Its trainable tensors, of one block where it is in the blocks. */
  tensors: { name: string; shape: string; count: number }[]
  /** Trainable numbers in one of it. */
  parameters: number
  /** How many of it the model has. */
  copies: number
}

const n = (value: number) => value.toLocaleString('en-US')
const shapeText = (shape: readonly number[]) => shape.map(n).join(' × ')

/** Names of each part's tensors within `transformer.` or the block. */
const PREFIXES: Record<PartId, string> = {
  tokenEmbedding: 'transformer.wte.',
  positionEmbedding: 'transformer.wpe.',
  attentionNorm: 'transformer.h.0.ln_1.',
  attention: 'transformer.h.0.attn.',
  feedForwardNorm: 'transformer.h.0.ln_2.',
  feedForward: 'transformer.h.0.mlp.',
  finalNorm: 'transformer.ln_f.',
  head: 'lm_head.',
}
const IN_BLOCK: readonly PartId[] = ['attentionNorm', 'attention', 'feedForwardNorm', 'feedForward']

/** The parts of a model from bottom to top, with their shapes and what they are for. */
export function modelParts(config: GptConfig): Record<PartId, ModelPart> {
  const table = parameterTable(config, { kind: 'lm' })
  const texts = describe(config)
  const parts = PART_IDS.map((id): [PartId, ModelPart] => {
    const tensors = table
      .filter(({ name }) => name.startsWith(PREFIXES[id]))
      .map(({ name, shape }) => ({
        name: name.replace('transformer.', '').replace('h.0.', ''),
        shape: shapeText(shape),
        count: shape.reduce((a, b) => a * b, 1),
      }))
    const parameters = tensors.reduce((sum, { count }) => sum + count, 0)
    return [id, { id, ...texts[id], tensors, parameters, copies: IN_BLOCK.includes(id) ? config.nLayer : 1 }]
  })
  return Object.fromEntries(parts) as Record<PartId, ModelPart>
}

type Text = Pick<ModelPart, 'name' | 'text' | 'input' | 'output'>

function describe(config: GptConfig): Record<PartId, Text> {
  const { vocabSize: V, nPositions: T, nEmbd: C, nHead: H, nLayer: L, tieWordEmbeddings } = config
  const stream = `${n(T)} × ${n(C)}`
  const size = n(C / H)
  const norm = `Brings the ${n(C)} numbers of every token to mean 0 and variance 1, then scales and shifts each by a learned amount. It keeps a deep model trainable.`
  return {
    tokenEmbedding: {
      name: 'Token embedding',
      text: `A table with a row of ${n(C)} numbers for each of ${n(V)} tokens. A token’s id picks its row.`,
      input: `${n(T)} ids`,
      output: stream,
    },
    positionEmbedding: {
      name: 'Position embedding',
      text: `A row of ${n(C)} numbers for each of ${n(T)} places, added to the token’s. Without it the model would not know the order.`,
      input: `${n(T)} places`,
      output: stream,
    },
    attentionNorm: { name: 'Layer norm', text: norm, input: stream, output: stream },
    attention: {
      name: 'Attention',
      text: `Here tokens look at earlier ones. ${H === 1 ? 'One head compares' : `${n(H)} heads compare`} queries with keys of ${size} numbers, and take over values where they fit. The future is masked. The result is added to the stream.`,
      input: stream,
      output: `${n(H)} × ${n(T)} × ${size} → ${stream}`,
    },
    feedForwardNorm: { name: 'Layer norm', text: norm, input: stream, output: stream },
    feedForward: {
      name: 'Feed-forward',
      text: `Each token thinks for itself: ${n(C)} numbers widen to ${n(4 * C)}, pass a GELU, and narrow again. Most of what a block knows is stored here. The result is added to the stream.`,
      input: stream,
      output: `${n(T)} × ${n(4 * C)} → ${stream}`,
    },
    finalNorm: {
      name: 'Final layer norm',
      text: `The stream after ${L === 1 ? 'the block' : `all ${n(L)} blocks`}, brought to one scale for the head.`,
      input: stream,
      output: stream,
    },
    head: {
      name: 'Output head',
      text: tieWordEmbeddings
        ? `Compares every token’s ${n(C)} numbers with the token embedding’s rows: the better the fit, the likelier that token comes next. It shares that table, so it has no numbers of its own.`
        : `A score for each of ${n(V)} tokens: the higher, the likelier it comes next.`,
      input: stream,
      output: `${n(T)} × ${n(V)} scores`,
    },
  }
}
