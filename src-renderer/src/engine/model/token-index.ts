/**
 * Where each distinct token of a batch occurs, for a gradient of the embedding that needs no atomics: every token's rows lie together, in
 * ascending order, so the sum is always taken in the same order. Layout (u32), M = tokens.length:
 * count | ids (M) | starts (M + 1) | order (M): token ids[s] stands at rows order[starts[s] .. starts[s + 1]].
 */
export class TokenIndexer {
  private readonly slots: Int32Array

  constructor(vocabSize: number) {
    this.slots = new Int32Array(vocabSize).fill(-1)
  }

  /** Fills `out`, of `tokenIndexLength(tokens.length)` numbers. Ids must lie in 0 .. vocabSize-1. */
  build(tokens: ArrayLike<number>, out: Uint32Array): void {
    const { slots } = this
    const M = tokens.length
    const ids = out.subarray(1, 1 + M)
    const starts = out.subarray(1 + M, 2 + 2 * M)
    const order = out.subarray(2 + 2 * M)
    let count = 0
    starts.fill(0)
    // starts[s + 1] counts slot s first, then becomes its end.
    for (let r = 0; r < M; r++) {
      const token = tokens[r]!
      if (slots[token]! < 0) {
        slots[token] = count
        ids[count++] = token
      }
      starts[slots[token]! + 1]!++
    }
    for (let s = 0; s < count; s++) starts[s + 1]! += starts[s]!
    const next = starts.slice(0, count)
    for (let r = 0; r < M; r++) {
      const slot = slots[tokens[r]!]!
      order[next[slot]!++] = r
    }
    for (let s = 0; s < count; s++) slots[ids[s]!] = -1
    out[0] = count
  }
}
