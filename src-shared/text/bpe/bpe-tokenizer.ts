import type { StreamDecoder, Tokenizer } from '../tokenizer.ts'
import { decodeText, REPLACEMENT_BYTES, streamTokens, visibleText } from '../token-text.ts'
import { BpeEncoder } from './encoder.ts'
import { splitSpecials } from './specials.ts'
import type { BpeVocabulary } from './vocabulary.ts'

const encoder = new TextEncoder()

/** A byte-level BPE tokenizer: one trained on the person's own text, or GPT-2's. */
export class BpeTokenizer implements Tokenizer {
  readonly vocabSize: number
  readonly endId: number
  readonly unknown = null
  private readonly encoder: BpeEncoder

  constructor(
    readonly kind: 'bpe' | 'gpt2',
    readonly vocabulary: BpeVocabulary,
  ) {
    this.vocabSize = vocabulary.tokens.starts.length - 1
    this.endId = vocabulary.endId
    this.encoder = new BpeEncoder(vocabulary)
  }

  /** Merges that were learned. */
  get merges(): number {
    return this.vocabulary.left.length
  }

  /** Symbols looked at by merging so far, see {@link BpeEncoder}. */
  get mergeWork(): number {
    return this.encoder.merger.work
  }

  encode(text: string, { special = false }: { special?: boolean } = {}): number[] {
    if (!special) return Array.from(this.encodeBytes(encoder.encode(text)))
    return splitSpecials(text, this.vocabulary.specials).flatMap((part) =>
      typeof part === 'number' ? [part] : Array.from(this.encodeBytes(encoder.encode(part))),
    )
  }

  encodeBytes(bytes: Uint8Array): Uint16Array<ArrayBuffer> {
    const ids = new Uint16Array(bytes.length)
    return ids.slice(0, this.encodeInto(bytes, ids, 0))
  }

  encodeInto(bytes: Uint8Array, out: Uint16Array, at: number): number {
    return this.encoder.encodeInto(bytes, out, at)
  }

  tokenBytes(id: number): Uint8Array {
    const { arena, starts } = this.vocabulary.tokens
    return this.has(id) ? arena.subarray(starts[id], starts[id + 1]) : REPLACEMENT_BYTES
  }

  tokenLabel(id: number): string {
    return visibleText(this.tokenBytes(id))
  }

  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    const { arena, starts } = this.vocabulary.tokens
    let length = 0
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!
      length += this.has(id) ? starts[id + 1]! - starts[id]! : REPLACEMENT_BYTES.length
    }
    const out = new Uint8Array(length)
    let at = 0
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!
      if (this.has(id)) {
        const end = starts[id + 1]!
        for (let from = starts[id]!; from < end; from++) out[at++] = arena[from]!
      } else {
        out.set(REPLACEMENT_BYTES, at)
        at += REPLACEMENT_BYTES.length
      }
    }
    return out
  }

  decode(ids: ArrayLike<number>): string {
    return decodeText(this.decodeBytes(ids))
  }

  streamDecoder(): StreamDecoder {
    return streamTokens(this)
  }

  private has(id: number): boolean {
    return id >= 0 && id < this.vocabSize
  }
}
