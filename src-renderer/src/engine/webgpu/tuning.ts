/** Tile of a matmul: each thread holds `rows` x 4 `cols` results in registers. */
export interface Tile {
  rows: number
  cols: number
  /** Threads of a workgroup. */
  groupX: number
  groupY: number
  /** Steps of a weight gradient's sum written out at once; more is faster but takes longer to compile. */
  unroll: number
}

/** Choices that depend on the adapter. */
export interface Tuning {
  /** For large products. */
  tile: Tile
  /** Threads of a workgroup where each thread owns a row. */
  rowGroup: number
  /** Threads of a workgroup where each thread owns an element. */
  flatGroup: number
  /** Threads that keep the device busy: reductions are cut into about so many parts. */
  threads: number
  /** vec4s of registers an attention thread may hold for the rows it owns. */
  attentionVectors: number
}

/**
 * A software adapter runs four threads at a time on each core and pays about 40 cycles a load but one a multiply-add: few threads, large
 * tiles, no workgroup memory (a barrier costs it 13 us). A graphics card wants thousands of threads with few registers each.
 */
export function tuningFor(fallback: boolean): Tuning {
  return fallback
    ? {
        tile: { rows: 16, cols: 4, groupX: 2, groupY: 2, unroll: 2 },
        rowGroup: 16,
        flatGroup: 64,
        threads: 256,
        attentionVectors: 256,
      }
    : {
        tile: { rows: 4, cols: 1, groupX: 16, groupY: 8, unroll: 4 },
        rowGroup: 32,
        flatGroup: 128,
        threads: 16_384,
        attentionVectors: 64,
      }
}
