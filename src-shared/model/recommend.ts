import type { TokenizerKind } from '../contract/schemas.ts'
import { speedOf, type Hardware } from './hardware.ts'
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
  // Of the two megabytes of stories a model with 2,048 tokens had learned as much after half the time as one with 1,024.
  const sizes = [
    [1_000_000, 512],
    [1_500_000, 1024],
    [5_000_000, 2048],
    [20_000_000, 4096],
  ] as const
  const vocabSize = sizes.find(([below]) => characters < below)?.[1] ?? 8192
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

/** Floating-point operations per second with which six million parameters get somewhere within the hour. */
const FAST = 1.5e11

/** The size of model that suits `characters` characters of text on this hardware. */
export function recommendPreset(characters: number, hardware: Hardware): PresetAdvice {
  if (hardware.kind === 'software') {
    return {
      preset: 'pocket',
      reason: 'On a software adapter the smallest model is the one whose result you see within minutes.',
    }
  }
  if (characters < 200_000) {
    return { preset: 'pocket', reason: 'A short text: a larger model would only learn it by heart.' }
  }
  if (characters < 5_000_000) {
    return { preset: 'tiny', reason: `${count(characters)} characters feed about a million parameters well.` }
  }
  if (speedOf(hardware).flops < FAST) {
    return {
      preset: 'tiny',
      reason:
        'The text has enough for a larger model, but on this processor a million parameters are learned within minutes, six million within hours.',
    }
  }
  if (characters < 100_000_000 || hardware.kind === 'cpu') {
    return { preset: 'small', reason: `${count(characters)} characters are enough for six million parameters.` }
  }
  return {
    preset: 'medium',
    reason: `${count(characters)} characters are enough for a model of seventeen million parameters.`,
  }
}
