import { AppError } from '../../contract/errors.ts'
import { pretokenEnd } from '../pretokenize.ts'
import { ID_OF_BYTE } from './byte-alphabet.ts'
import { MergeFinder, type TieBreak } from './merge-finder.ts'
import { MAX_VOCAB } from './pair-table.ts'
import { BpeTokenizer } from './bpe-tokenizer.ts'
import { END_OF_TEXT } from '../special-tokens.ts'
import { vocabularyFromMerges } from './vocabulary.ts'
import { grown, viewOf, WordTable } from './word-table.ts'

/** Room for distinct words, far above what a language needs (English: about 5 MB in 100 MB): a file of base64 must not fill the memory. */
const DISTINCT_BYTES = 32 * 1024 * 1024

export interface BpeTrainerOptions {
  /** A pair seen less often is never merged. Default 2. */
  minFrequency?: number
  /** Default 'lowest-ids', as Hugging Face does. */
  tieBreak?: TieBreak
}

export interface BpeTrainOptions {
  /** Wanted size: 256 bytes + merges + the end token; 257 to 65,536. A short text may yield fewer merges. */
  vocabSize: number
  /** Called about a hundred times, with merges done and merges wanted. */
  onProgress?: (done: number, total: number) => void
  /** Asked as often; true ends the training with an AppError 'cancelled'. */
  shouldStop?: () => boolean
}

/**
 * Trains a byte-level BPE with GPT-2's pre-tokens (Sennrich et al. 2016; Radford et al. 2019). Among equally frequent pairs the one
 * with the lower ids wins, as in Hugging Face's `BpeTrainer`; byte ids are in GPT-2's order. Same text in, same merges out.
 */
export class BpeTrainer {
  private readonly words = new WordTable()
  private counts = new Float64Array(1 << 12)
  private readonly minFrequency: number
  private readonly tieBreak: TieBreak

  constructor({ minFrequency = 2, tieBreak = 'lowest-ids' }: BpeTrainerOptions = {}) {
    this.minFrequency = minFrequency
    this.tieBreak = tieBreak
  }

  /**
   * Counts the pre-tokens of one document or chunk; no pre-token reaches from one call into the next. New words are ignored
   * once the distinct ones fill 32 MiB.
   */
  add(bytes: Uint8Array): void {
    const { words } = this
    const view = viewOf(bytes)
    const end = bytes.length
    for (let start = 0; start < end;) {
      const stop = pretokenEnd(bytes, start, end)
      let word = words.find(bytes, view, start, stop)
      if (word < 0) {
        if (words.totalBytes + stop - start > DISTINCT_BYTES) {
          start = stop
          continue
        }
        word = words.add(bytes, start, stop)
        if (word >= this.counts.length) this.counts = grown(this.counts, this.counts.length * 2)
      }
      this.counts[word]!++
      start = stop
    }
  }

  train({ vocabSize, onProgress, shouldStop }: BpeTrainOptions): BpeTokenizer {
    if (!Number.isInteger(vocabSize) || vocabSize < 257 || vocabSize > MAX_VOCAB) {
      throw new AppError({
        code: 'bad_request',
        message: `A vocabulary of ${vocabSize} tokens cannot be made.`,
        hint: `Choose a size between 257 (the 256 bytes and the end token) and ${MAX_VOCAB}.`,
      })
    }
    const wanted = vocabSize - 257
    const interval = Math.max(1, Math.floor(wanted / 100))
    const finder = new MergeFinder(this.words, this.counts, ID_OF_BYTE, this.minFrequency, this.tieBreak)
    const merges: [number, number][] = []
    while (merges.length < wanted) {
      if (merges.length % interval === 0) {
        if (shouldStop?.())
          throw new AppError({ code: 'cancelled', message: 'The training of the tokenizer was stopped.' })
        onProgress?.(merges.length, wanted)
      }
      const pair = finder.next()
      if (!pair) break
      merges.push(pair)
    }
    onProgress?.(merges.length, wanted)
    return new BpeTokenizer('bpe', vocabularyFromMerges(merges, [END_OF_TEXT]))
  }
}
