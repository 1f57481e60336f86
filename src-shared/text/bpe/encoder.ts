import { pretokenEnd } from '../pretokenize.ts'
import { Merger } from './merger.ts'
import type { BpeVocabulary } from './vocabulary.ts'
import { grown, viewOf, WordTable } from './word-table.ts'

/** Longer words are rare enough that remembering them would only cost memory. */
const CACHED_WORD_BYTES = 64
/** The cache starts anew at this many words, so that no input can make it grow without end. */
const CACHED_WORDS = 1 << 18
/** Words of ten megabytes of English: room for them from the start, since growing costs a new compilation beside the copy. */
const EXPECTED_WORDS = 1 << 16

/** Turns bytes into token ids, exactly as the merges say, remembering the ids of every short pre-token it has met. */
export class BpeEncoder {
  readonly merger: Merger
  private readonly words = new WordTable(EXPECTED_WORDS)
  /** Ids of the cached words, end to end; the starts are numbered like the words. */
  private ids = new Uint16Array(4 * EXPECTED_WORDS)
  private idStarts = new Uint32Array(EXPECTED_WORDS + 1)

  constructor(vocabulary: BpeVocabulary) {
    this.merger = new Merger(vocabulary)
  }

  /**
   * Writes the ids of ordinary text to `out` from `at` on and returns where they end: nothing in it is taken for a special token, and
   * any bytes will do, valid UTF-8 or not. `out` needs room for one id a byte.
   */
  encodeInto(bytes: Uint8Array, out: Uint16Array, at: number): number {
    const { words } = this
    const view = viewOf(bytes)
    const end = bytes.length
    for (let start = 0; start < end;) {
      const stop = pretokenEnd(bytes, start, end)
      if (stop - start > CACHED_WORD_BYTES) {
        at = this.merger.merge(bytes, start, stop, out, at)
      } else {
        let word = words.find(bytes, view, start, stop)
        if (word < 0) word = this.remember(bytes, view, start, stop)
        const to = this.idStarts[word + 1]!
        for (let i = this.idStarts[word]!; i < to; i++) out[at++] = this.ids[i]!
      }
      start = stop
    }
    return at
  }

  private remember(bytes: Uint8Array, view: DataView, start: number, stop: number): number {
    if (this.words.size === CACHED_WORDS) {
      this.words.clear()
      this.words.find(bytes, view, start, stop)
    }
    const word = this.words.add(bytes, start, stop)
    if (word + 2 > this.idStarts.length) this.idStarts = grown(this.idStarts, this.idStarts.length * 2)
    const from = this.idStarts[word]!
    if (from + CACHED_WORD_BYTES > this.ids.length) this.ids = grown(this.ids, this.ids.length * 2)
    this.idStarts[word + 1] = this.merger.merge(bytes, start, stop, this.ids, from)
    return word
  }
}
