import type { GptConfig } from './config.ts'

export type PresetId = 'pocket' | 'tiny' | 'small' | 'medium' | 'book'

export interface Preset {
  id: PresetId
  name: string
  /** What to expect of it, in one sentence. */
  description: string
  /** Vocabulary it is balanced for; the tokenizer's own size takes its place. */
  suggestedVocab: number
  /** Everything but the vocabulary. */
  shape: Omit<GptConfig, 'vocabSize'>
}

const common = {
  // Also the smallest: an instruction in its template takes about 100 tokens of an own BPE, and 200 characters.
  nPositions: 256,
  dropout: 0,
  qkvBias: false,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
} as const

/** The sizes offered, smallest first. "Book" is the 124M GPT of Raschka's "Build a Large Language Model (From Scratch)", head tied. */
export const PRESETS: readonly Preset[] = [
  {
    id: 'pocket',
    name: 'Pocket',
    description: 'A first result within minutes, on any machine. Learns word shapes and short phrases.',
    suggestedVocab: 512,
    shape: { ...common, nEmbd: 64, nLayer: 2, nHead: 2 },
  },
  {
    id: 'tiny',
    name: 'Tiny',
    description: 'Writes short sentences in the style of its text.',
    suggestedVocab: 1024,
    shape: { ...common, nEmbd: 128, nLayer: 4, nHead: 4 },
  },
  {
    id: 'small',
    name: 'Small',
    description: 'Holds a thread over a paragraph. Wants some megabytes of text, and a graphics card or hours.',
    suggestedVocab: 4096,
    shape: { ...common, nEmbd: 256, nLayer: 6, nHead: 8 },
  },
  {
    id: 'medium',
    name: 'Medium',
    description: 'Fluent on narrow subjects. Wants a good graphics card and tens of megabytes of text.',
    suggestedVocab: 8192,
    shape: { ...common, nEmbd: 384, nLayer: 8, nHead: 8 },
  },
  {
    id: 'book',
    name: 'Book 124M',
    description: "GPT-2's smallest size, as the book builds it. Hours on a strong graphics card.",
    suggestedVocab: 50_257,
    shape: { ...common, dropout: 0.1, nEmbd: 768, nLayer: 12, nHead: 12 },
  },
]

/** The preset named `id`. */
export function presetById(id: PresetId): Preset {
  const preset = PRESETS.find((p) => p.id === id)
  if (!preset) throw new RangeError(`no preset ${id}`)
  return preset
}

/** The preset's architecture for a tokenizer of `vocabSize` ids. */
export function presetConfig(id: PresetId, vocabSize: number): GptConfig {
  return { vocabSize, ...presetById(id).shape }
}
