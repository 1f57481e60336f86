import type { MatmulArgs } from '../../backend.ts'
import { direct, extentOf, PLAIN, type Tile, type Tuning } from '../tuning.ts'

/** For products with few rows, such as one token's: a thread per Vec of results. */
const ROW_TILE = direct(1, 1, 16, 1)
/** Fewest k that a part of a split product sums, and what its bounds are multiples of: k of every variant's turn. */
const FEWEST_K = 128
const K_STEP = 16
/** Most parts: each is written and read once more. */
const MOST_PARTS = 32

/** How a product is carried out. */
export interface Cut {
  tile: Tile
  /** k of each part whose sums are added up at the end; null where k is not cut. */
  kPart: number | null
}

/** The tile that takes least time by the tuning's costs; where even that leaves most of the device idle, k is cut too. */
export function cutOf(tuning: Tuning, { layout, m, n, k }: Pick<MatmulArgs, 'layout' | 'm' | 'n' | 'k'>): Cut {
  const cost = (one: Tile) => costOf(one, tuning, m, n)
  const { tinyProduct, largeProduct, smallTiles } = tuning
  const tiles = m * n * k < largeProduct ? smallTiles : [tuning.tile, ...smallTiles]
  const tile =
    m <= 2 && layout !== 'tn'
      ? ROW_TILE
      : m * n * k <= tinyProduct
        ? PLAIN
        : tiles.reduce((best, one) => (cost(one) < cost(best) ? one : best))
  const parts = Math.floor(Math.min(tuning.fewestGroups / groupsOf(tile, m, n), k / FEWEST_K, MOST_PARTS))
  return { tile, kPart: parts < 2 ? null : Math.ceil(k / parts / K_STEP) * K_STEP }
}

function groupsOf(tile: Tile, m: number, n: number): number {
  const { down, across } = extentOf(tile)
  return Math.ceil(m / down) * Math.ceil(n / across)
}

/** Relative time of a product by a tile, for each of its k: multiply-adds and loads of all threads, edges and idle ones included. */
function costOf(tile: Tile, { loadCost, fewestGroups }: Tuning, m: number, n: number): number {
  const { rows, cols, groupX, groupY } = tile
  const wide = 4 * cols
  const threads = groupX * groupY
  const { down, across } = extentOf(tile)
  const loads =
    tile.kind === 'tiled'
      ? (down + across) / threads + (rows + wide) / 8 // the latter from workgroup memory, four at once
      : (rows + wide) / (tile.kind === 'quad' ? 2 : 1)
  return Math.max(groupsOf(tile, m, n), fewestGroups) * threads * (rows * wide + loadCost * loads)
}
