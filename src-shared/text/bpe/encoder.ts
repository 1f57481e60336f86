import { pretokenEnd } from '../pretokenize.ts'
import { Merger } from './merger.ts'
import type { BpeVocabulary } from './vocabulary.ts'
import { grown, WordTable } from './word-table.ts'

/** Longer words are rare enough that remembering them would only cost memory. */
const CACHED_WORD_BYTES = 64
/** The cache starts anew at this many words, so that no input can make it grow without end. */
const CACHED_WORDS = 1 << 18

/** Turns bytes into token ids, exactly as the merges say, remembering the ids of every short pre-token it has met. */
export class BpeEncoder {
  readonly merger: Merger
  private readonly words = new WordTable()
  /** Ids of the cached words, end to end; the starts are numbered like the words. */
  private ids = new Uint16Array(1 << 13)
  private idStarts = new Uint32Array((1 << 11) + 1)

  constructor(vocabulary: BpeVocabulary) {
    this.merger = new Merger(vocabulary)
  }

  /** Ids of ordinary text: nothing in it is taken for a special token. Any bytes will do, valid UTF-8 or not. */
  encode(bytes: Uint8Array): Uint16Array<ArrayBuffer> {
    const out = new Uint16Array(bytes.length)
    const end = bytes.length
    let count = 0
    let start = 0
    while (start < end) {
      const stop = pretokenEnd(bytes, start, end)
      if (stop - start > CACHED_WORD_BYTES) {
        count = this.merger.merge(bytes, start, stop, out, count)
      } else {
        let word = this.words.find(bytes, start, stop)
        if (word < 0) word = this.remember(bytes, start, stop)
        const to = this.idStarts[word + 1]!
        for (let i = this.idStarts[word]!; i < to; i++) out[count++] = this.ids[i]!
      }
      start = stop
    }
    return out.slice(0, count)
  }

  private remember(bytes: Uint8Array, start: number, stop: number): number {
    if (this.words.size === CACHED_WORDS) {
      this.words.clear()
      this.words.find(bytes, start, stop)
    }
    const word = this.words.add(bytes, start, stop)
    if (word + 2 > this.idStarts.length) this.idStarts = grown(this.idStarts, this.idStarts.length * 2)
    const from = this.idStarts[word]!
    if (from + CACHED_WORD_BYTES > this.ids.length) this.ids = grown(this.ids, this.ids.length * 2)
    this.idStarts[word + 1] = this.merger.merge(bytes, start, stop, this.ids, from)
    return word
  }
}
