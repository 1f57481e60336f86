import { direct, tiled, type Tile, type Tuning } from '../tuning.ts'

/** Tiles worth timing on a graphics card, the likeliest first: so what a short budget leaves out is least missed. */
const LARGE: readonly Tile[] = [
  tiled(64, 64, 16, 16),
  tiled(64, 64, 8, 8),
  tiled(128, 64, 8, 16),
  tiled(128, 128, 16, 16, 8),
  tiled(128, 64, 16, 16),
  direct(8, 1, 16, 8),
  direct(4, 1, 16, 8),
]
const SMALL: readonly Tile[] = [tiled(32, 32, 8, 8), direct(4, 1, 16, 8), tiled(32, 64, 16, 8)]

/** A group of products, and the tiles that may suit it. */
export interface ShapeClass {
  shapes: string
  /** m, n, k of the product that is timed, in all three layouts. */
  size: { m: number; n: number; k: number }
  tiles: readonly Tile[]
  /** The tuning with this tile for this class. */
  apply(tuning: Tuning, tile: Tile): Tuning
}

type Limits = Pick<GPUSupportedLimits, 'maxComputeInvocationsPerWorkgroup' | 'maxComputeWorkgroupStorageSize'>

/** Bytes of workgroup memory of a tile; see matmul_tiled.wgsl. */
const workgroupBytes = ({ rows, cols, groupX, groupY, depth = 0 }: Tile) =>
  16 * depth * ((rows * groupY) / 4 + 1 + cols * groupX + 1)

/** The classes to time, with those tiles that the device's limits allow. */
export function shapeClasses(limits: Limits): ShapeClass[] {
  const fits = (tile: Tile) =>
    tile.groupX * tile.groupY <= limits.maxComputeInvocationsPerWorkgroup &&
    workgroupBytes(tile) <= limits.maxComputeWorkgroupStorageSize
  return [
    {
      shapes: 'Large matrix products',
      size: { m: 512, n: 1024, k: 512 },
      tiles: LARGE.filter(fits),
      apply: (tuning, tile) => ({ ...tuning, tile }),
    },
    {
      shapes: 'Small matrix products',
      size: { m: 256, n: 256, k: 256 },
      tiles: SMALL.filter(fits),
      apply: (tuning, tile) => ({ ...tuning, smallTiles: [tile] }),
    },
  ]
}
