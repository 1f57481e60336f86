import type { TokenizerKind } from '../contract/schemas.ts'
import type { PresetId } from './presets.ts'

export interface TokenizerAdvice {
  kind: TokenizerKind
  /** Wanted ids; 0 for characters, whose number the text decides. */
  vocabSize: number
  reason: string
}

const count = (n: number) => n.toLocaleString('en-US')

/** The tokenizer that suits a text of `characters` characters. */
export function recommendTokenizer(characters: number): TokenizerAdvice {
  if (characters < 50_000) {
    return {
      kind: 'char',
      vocabSize: 0,
      reason: `${count(characters)} characters are too few to learn longer tokens from: single letters each occur often enough.`,
    }
  }
  const vocabSize = characters < 1_000_000 ? 512 : characters < 5_000_000 ? 1024 : characters < 20_000_000 ? 4096 : 8192
  // Byte-level BPE of this size makes roughly 2.5 characters of one token.
  const sightings = Math.round(characters / 2.5 / vocabSize)
  return {
    kind: 'bpe',
    vocabSize,
    reason: `${count(characters)} characters show each of ${count(vocabSize)} tokens about ${count(sightings)} times, enough to learn its use.`,
  }
}

export interface PresetAdvice {
  preset: PresetId
  reason: string
}

/** The size of model that suits `characters` characters of text on this adapter. */
export function recommendPreset(characters: number, fallback: boolean): PresetAdvice {
  if (fallback) {
    return {
      preset: 'pocket',
      reason: 'Without a graphics card a small model is the one whose result you see within minutes.',
    }
  }
  if (characters < 200_000) {
    return { preset: 'pocket', reason: 'A short text: a larger model would only learn it by heart.' }
  }
  if (characters < 5_000_000) {
    return { preset: 'tiny', reason: `${count(characters)} characters feed about a million parameters well.` }
  }
  if (characters < 100_000_000) {
    return { preset: 'small', reason: `${count(characters)} characters are enough for six million parameters.` }
  }
  return {
    preset: 'medium',
    reason: `${count(characters)} characters are enough for a model of seventeen million parameters.`,
  }
}
