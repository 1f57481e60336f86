import { AppError } from '../contract/errors.ts'
import { MAX_VOCAB } from './bpe/pair-table.ts'
import { END_OF_TEXT, UNKNOWN } from './special-tokens.ts'
import { decodeText, REPLACEMENT_BYTES, streamTokens, visibleText } from './token-text.ts'
import type { StreamDecoder, Tokenizer } from './tokenizer.ts'

const encoder = new TextEncoder()

/**
 * One token per character (Unicode code point). Ids number the characters in code point order from 0, as nanoGPT's
 * `data/shakespeare_char/prepare.py` does; `<unk>` and `<|endoftext|>` follow, so that they move no other id.
 */
export class CharTokenizer implements Tokenizer {
  readonly kind = 'char'
  readonly vocabSize: number
  readonly unknown: number
  readonly endId: number
  /** Id of every code point of the Basic Multilingual Plane, and of those beyond it that the vocabulary has. */
  private readonly basicIds: Uint16Array
  private readonly furtherIds = new Map<number, number>()
  private readonly bytes: Uint8Array[]

  /**
   * @param characters distinct code points in ascending order, as a {@link CharTrainer} collects them
   * @throws AppError `unsupported` when they do not fit 16-bit ids
   */
  constructor(readonly characters: readonly number[]) {
    this.vocabSize = characters.length + 2
    this.unknown = characters.length
    this.endId = characters.length + 1
    if (this.vocabSize > MAX_VOCAB) {
      throw new AppError({
        code: 'unsupported',
        message: `The text has ${characters.length} different characters; at most ${MAX_VOCAB - 2} can each be a token.`,
        hint: 'Choose the tokenizer that is trained on your text (own BPE).',
      })
    }
    this.basicIds = new Uint16Array(0x10000).fill(this.unknown)
    characters.forEach((point, id) => {
      if (point < 0x10000) this.basicIds[point] = id
      else this.furtherIds.set(point, id)
    })
    this.bytes = characters.map((point) => encoder.encode(String.fromCodePoint(point)))
    this.bytes.push(REPLACEMENT_BYTES, encoder.encode(END_OF_TEXT))
  }

  encode(text: string, { special = false }: { special?: boolean } = {}): number[] {
    if (!special) return Array.from(this.encodeText(text))
    const parts = text.split(END_OF_TEXT).map((part) => Array.from(this.encodeText(part)))
    return parts.flatMap((ids, i) => (i === 0 ? ids : [this.endId, ...ids]))
  }

  encodeBytes(bytes: Uint8Array): Uint16Array<ArrayBuffer> {
    return this.encodeText(decodeText(bytes))
  }

  encodeInto(bytes: Uint8Array, out: Uint16Array, at: number): number {
    return this.encodeTextInto(decodeText(bytes), out, at)
  }

  private encodeText(text: string): Uint16Array<ArrayBuffer> {
    const ids = new Uint16Array(text.length)
    return ids.slice(0, this.encodeTextInto(text, ids, 0))
  }

  private encodeTextInto(text: string, out: Uint16Array, at: number): number {
    const { basicIds } = this
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if ((unit & 0xf800) !== 0xd800) {
        out[at++] = basicIds[unit]!
        continue
      }
      const point = text.codePointAt(i)!
      if (point >= 0x10000) {
        i++
        out[at++] = this.furtherIds.get(point) ?? this.unknown
      } else {
        out[at++] = basicIds[0xfffd]! // a lone surrogate
      }
    }
    return at
  }

  tokenBytes(id: number): Uint8Array {
    return this.bytes[id] ?? REPLACEMENT_BYTES
  }

  tokenLabel(id: number): string {
    return id === this.unknown ? UNKNOWN : visibleText(this.tokenBytes(id))
  }

  decode(ids: ArrayLike<number>): string {
    return decodeText(this.decodeBytes(ids))
  }

  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    let length = 0
    for (let i = 0; i < ids.length; i++) length += this.tokenBytes(ids[i]!).length
    const out = new Uint8Array(length)
    let at = 0
    for (let i = 0; i < ids.length; i++) {
      const bytes = this.tokenBytes(ids[i]!)
      out.set(bytes, at)
      at += bytes.length
    }
    return out
  }

  streamDecoder(): StreamDecoder {
    return streamTokens(this)
  }
}

/** Collects the characters of a text that comes in chunks. */
export class CharTrainer {
  private readonly basic = new Uint8Array(0x10000)
  private readonly further = new Set<number>()

  /** Takes one chunk of UTF-8 text; a chunk must not end inside a character. */
  add(bytes: Uint8Array): void {
    const { basic, further } = this
    const text = decodeText(bytes)
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      // What the decoder gives has surrogates only in pairs.
      if ((unit & 0xf800) !== 0xd800) basic[unit] = 1
      else further.add(text.codePointAt(i++)!)
    }
  }

  train(): CharTokenizer {
    const characters: number[] = []
    for (let point = 0; point < 0x10000; point++) if (this.basic[point]) characters.push(point)
    return new CharTokenizer([...characters, ...[...this.further].sort((a, b) => a - b)])
  }
}
