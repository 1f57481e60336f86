import type { Codec } from '../codec.ts'

/** Ids are UTF-16 codes below 128; 0 ends a text. */
export const letters: Codec = {
  vocabSize: 128,
  endId: 0,
  encode: (text) => Array.from(text, (c) => c.charCodeAt(0)),
  streamDecoder: () => ({ push: (id) => String.fromCharCode(id), flush: () => '' }),
}
