import type { MatmulArgs } from '../../backend.ts'
import {
  flatGrid,
  gpu,
  scratch,
  stored,
  type KernelCall,
  type KernelContext,
  type Operand,
  type Span,
} from '../kernel.ts'
import type { Constants } from '../template.ts'
import { extentOf, type Tile } from '../tuning.ts'
import sumSource from './matmul_sum.wgsl?raw'
import tiledSource from './matmul_tiled.wgsl?raw'
import source from './matmul.wgsl?raw'
import { cutOf } from './matmul-tile.ts'

/** k of one turn of matmul.wgsl's loop. */
const DEPTH = 4

/** Where the operands' rows lie, in elements. */
interface Strides {
  lda: number
  ldb: number
  ldc: number
}

export function matmul(ctx: KernelContext, args: MatmulArgs): void {
  const { layout, m, n, k, aOffset = 0, bOffset = 0, outOffset = 0, scale = 1 } = args
  const strides: Strides = {
    lda: args.lda ?? (layout === 'tn' ? m : k),
    ldb: args.ldb ?? (layout === 'nt' ? k : n),
    ldc: args.ldc ?? n,
  }
  const VEC4 = vectorised(args, strides)
  const width = VEC4 ? 4 : 1
  const { tile, kPart } = cutOf(ctx.tuning, args)
  const { down, across } = extentOf(tile)
  const [groupsX, groupsY] = [Math.ceil(n / across), Math.ceil(m / down)]
  const parts = kPart === null ? 1 : Math.ceil(k / kPart)
  const COLUMN_SUMS = args.columnSums !== undefined
  const { name, source, constants, turn } = variantOf(tile, VEC4)
  const [a, b, out] = [args.a, args.b, args.out].map((tensor) => gpu(tensor)) as [Operand, Operand, Operand]
  const pre = gpu(args.gelu?.pre ?? args.geluBackward ?? args.columnSums)
  const added = [gpu(args.bias), gpu(args.residual)]
  const common: Constants = {
    ...constants,
    ...stored({ A: a, B: b }),
    VEC4,
    TRANSPOSE_A: layout === 'tn',
    TRANSPOSE_B: layout === 'nt',
    RAGGED: k % turn !== 0 && !(VEC4 && layout === 'nn' && turn === 4),
    COLUMN_SUMS,
  }
  const vecs = (...elements: number[]) => elements.map((x) => x / width)
  const last = { ...epilogue(args), ...stored({ Pre: pre, Out: out }, args.gradient ? 'Out' : undefined) }
  const row = Math.ceil(n / width) * width
  const partial = scratch(parts * (m + 1) * row)
  const target =
    kPart === null
      ? { constants: { ...common, ...last }, added, pre, out, ldc: strides.ldc, at: outOffset, scale }
      : {
          constants: { ...common, SPLIT: true },
          added: [null, null],
          pre: null,
          out: partial,
          ldc: row,
          at: 0,
          scale: 1,
        }
  /** The product of some rows and columns of workgroups. */
  const part = (rows: Span, columns: Span): KernelCall => {
    const [i, j] = [rows.from * down, columns.from * across]
    const [high, wide] = [Math.min(m, rows.to * down) - i, Math.min(n, columns.to * across) - j]
    const aAt = aOffset + i * (layout === 'tn' ? 1 : strides.lda)
    const bAt = bOffset + j * (layout === 'nt' ? strides.ldb : 1)
    const places = vecs(strides.lda, strides.ldb, target.ldc, aAt, bAt, target.at + i * target.ldc + j)
    const groups = rows.to - rows.from
    // The kernel that sums columns does so in every part; what the first finds is kept.
    const sums = COLUMN_SUMS && i > 0 ? scratch(n) : target.pre
    return {
      ...{ name, source, constants: target.constants },
      bindings: [a, b, ...target.added, sums, target.out],
      integers: [high, wide, k, ...places, groups, kPart ?? 0, ...vecs(j)],
      floats: [target.scale],
      workgroups: [columns.to - columns.from, groups * parts],
    }
  }
  ctx.dispatch({
    ...part({ from: 0, to: groupsY }, { from: 0, to: groupsX }),
    flops: 2 * m * n * k,
    cut: {
      // A part of k has all rows.
      down: kPart === null ? groupsY : 1,
      across: groupsX,
      part: (rows, columns) => part(kPart === null ? rows : { from: 0, to: groupsY }, columns),
    },
  })
  if (kPart === null) return
  const GROUP = ctx.tuning.flatGroup
  ctx.dispatch({
    name: 'matmul_sum',
    source: sumSource,
    constants: { VEC4, GROUP, COLUMN_SUMS, ...last },
    bindings: [partial, null, ...added, pre, out],
    integers: [m, n, k, ...vecs(row, 0, strides.ldc, 0, 0, outOffset), groupsY, kPart, 0],
    floats: [scale],
    workgroups: flatGrid((m + 1) * (row / width), GROUP),
  })
}

/** The kernel of a tile, and k of one turn of its loop. */
function variantOf(tile: Tile, VEC4: boolean): { name: string; source: string; constants: Constants; turn: number } {
  const { rows: ROWS, cols, groupX: GROUP_X, groupY: GROUP_Y, depth } = tile
  if (depth !== undefined) {
    const constants = { GROUP_X, GROUP_Y, ROW_VECS: ROWS / 4, COL_VECS: cols, DEPTH: depth }
    return { name: 'matmul_tiled', source: tiledSource, constants, turn: depth }
  }
  const QUAD = tile.kind === 'quad'
  const width = VEC4 ? 4 : 1
  const WIDE = cols * 4
  const COLS = WIDE / width
  const [OWN_ROWS, OWN_COLS] = QUAD ? [ROWS / 2, COLS / 2] : [ROWS, COLS]
  const own = { OWN_ROWS, OWN_COLS, A_VECS: Math.ceil(OWN_ROWS / width), B_ROWS: OWN_COLS * width }
  return {
    ...{ name: 'matmul', source, turn: DEPTH },
    constants: { QUAD, ROWS, COLS, WIDE, ...own, DEPTH, GROUP_X, GROUP_Y },
  }
}

/** What is done to the sums. */
const epilogue = (args: MatmulArgs): Constants => ({
  BIAS: args.bias !== undefined,
  RESIDUAL: args.residual !== undefined,
  ACCUMULATE: args.accumulate === true,
  GELU: args.gelu !== undefined,
  KEEP_PRE: args.gelu?.pre !== undefined,
  GELU_BACKWARD: args.geluBackward !== undefined,
})

/** Whether every row starts at a multiple of 4 elements and whole vec4s may be read and written. */
function vectorised(args: MatmulArgs, { lda, ldb, ldc }: Strides): boolean {
  const { layout, m, n, k, aOffset = 0, bOffset = 0, outOffset = 0, bias, columnSums } = args
  if ([lda, ldb, ldc, aOffset, bOffset, outOffset].some((x) => x % 4 !== 0)) return false
  const up = (x: number) => Math.ceil(x / 4) * 4
  if (up(n) > ldc || ((bias || columnSums) && n % 4 !== 0)) return false
  if (layout === 'nn') return up(k) <= lda && up(n) <= ldb
  if (layout === 'nt') return k % 4 === 0
  return up(m) <= lda && up(n) <= ldb
}
