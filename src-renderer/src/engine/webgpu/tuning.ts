/** Tile of a matmul: each thread holds `rows` x 4 `cols` results in registers. */
export interface Tile {
  /**
   * direct: every thread loads what it needs; quad: four threads, two by two, share their loads by subgroup operations; tiled: the threads
   * of a workgroup share them in its memory, and `rows` is a multiple of 4.
   */
  kind: 'direct' | 'quad' | 'tiled'
  rows: number
  cols: number
  /** Threads of a workgroup; 4 in all for quad. */
  groupX: number
  groupY: number
  /** k of a tile, of tiled only. */
  depth?: number
}

/** Choices that depend on the adapter. */
export interface Tuning {
  /** For large products. */
  tile: Tile
  /** Multiply-adds from which that tile pays for its compilation. */
  largeProduct: number
  /** For products that are smaller or fill few such tiles. */
  smallTiles: readonly Tile[]
  /** Multiply-adds up to which a product is over before a better kernel than the plainest has paid for its compilation. */
  tinyProduct: number
  /** Time of a thread's load beside its multiply-add, in a matmul. */
  loadCost: number
  /** Workgroups of a matmul below which part of the device idles. */
  fewestGroups: number
  /** Threads of a workgroup where each thread owns a row. */
  rowGroup: number
  /** Rows that a thread owns, at most, where rows share what is read: a power of 2. */
  rowsOfThread: number
  /** Threads of a workgroup where each thread owns an element. */
  flatGroup: number
  /** vec4s of a thread of the optimiser's kernels: 1 .. 32, a power of 2. */
  packedVectors: number
  /** Threads that keep the device busy: reductions are cut into about so many parts. */
  threads: number
  /** vec4s of registers an attention thread may hold for the rows it owns. */
  attentionVectors: number
  /** Milliseconds that a submit should take at most: the display waits for no more than that. */
  sliceMs: number
}

const SLICE_MS = 50

export const direct = (rows: number, cols: number, groupX: number, groupY: number): Tile => ({
  kind: 'direct',
  ...{ rows, cols, groupX, groupY },
})
const quad = (rows: number, cols: number): Tile => ({ kind: 'quad', rows, cols, groupX: 4, groupY: 1 })
/** `across` x `down` results by workgroups of `groupX` x `groupY` threads. */
export const tiled = (down: number, across: number, groupX: number, groupY: number, depth = 16): Tile => ({
  kind: 'tiled',
  rows: down / groupY,
  cols: across / groupX / 4,
  ...{ groupX, groupY, depth },
})

/** 0.1 ms of a card that is started for next to nothing. */
const TINY_PRODUCT = 2 ** 17
/**
 * A software adapter compiles some 20 variants of matmul for a model, each about 1 s of processor time in quads of 16x4 vec4 and 2 s of 16x8
 * (measured on SwiftShader): small products would need many steps to earn that. The bounds themselves are reckoned.
 */
const SOFTWARE_TINY = 2 ** 20
const SOFTWARE_LARGE = 2 ** 26

/**
 * What is used where nothing was timed. A software adapter runs four threads at a time on each core and pays some 40 cycles for a load but
 * few for a multiply-add: few threads, large tiles, loads shared by subgroup operations, no workgroup memory (a barrier costs it 13 us).
 * A graphics card wants thousands of threads with few registers each.
 */
export function tuningFor(fallback: boolean): Tuning {
  return fallback
    ? {
        tile: quad(16, 8),
        largeProduct: SOFTWARE_LARGE,
        smallTiles: [quad(16, 4), quad(8, 4), quad(8, 2)],
        tinyProduct: SOFTWARE_TINY,
        loadCost: 8.5,
        fewestGroups: 16,
        rowGroup: 16,
        rowsOfThread: 4,
        flatGroup: 64,
        packedVectors: 32,
        threads: 256,
        attentionVectors: 256,
        sliceMs: SLICE_MS,
      }
    : {
        tile: tiled(64, 64, 16, 16),
        largeProduct: 0,
        smallTiles: [tiled(32, 32, 8, 8), direct(4, 1, 16, 8)],
        tinyProduct: TINY_PRODUCT,
        loadCost: 4,
        fewestGroups: 32,
        rowGroup: 32,
        rowsOfThread: 1,
        flatGroup: 128,
        packedVectors: 1,
        threads: 16_384,
        attentionVectors: 64,
        sliceMs: SLICE_MS,
      }
}

/** The same tuning for a device without subgroup operations. */
export function withoutSubgroups(tuning: Tuning): Tuning {
  const plain = (tile: Tile): Tile => (tile.kind === 'quad' ? direct(tile.rows, Math.min(tile.cols, 4), 2, 2) : tile)
  return { ...tuning, tile: plain(tuning.tile), smallTiles: tuning.smallTiles.map(plain) }
}

/** The plainest tile: for products that are over at once, and where every other is wrong. */
export const PLAIN = direct(4, 1, 4, 2)
export const plain = (tuning: Tuning): Tuning => ({ ...tuning, tile: PLAIN, smallTiles: [] })

/** Rows and columns of results of a workgroup; of quad, of its four threads. */
export function extentOf({ kind, rows, cols, groupX, groupY }: Tile): { down: number; across: number } {
  const [x, y] = kind === 'quad' ? [2, 2] : [groupX, groupY]
  return { down: rows * y, across: 4 * cols * x }
}

/** A tile in words. */
export function tileName(tile: Tile): string {
  const { down, across } = extentOf(tile)
  const { kind, rows, cols, depth } = tile
  return `${kind} ${down} x ${across}${depth === undefined ? '' : ` x ${depth}`}, ${rows} x ${4 * cols} a thread`
}
