import { fma, read, splat, total, write } from './vec'

@unmanaged
class Args {
  x: usize
  weight: usize
  bias: usize
  out: usize
  /** (rows, 2) mean and 1 / sqrt(variance + eps) */
  stats: usize
  rows: i32
  width: i32
  eps: f32
  /** Rows of one task. */
  chunk: i32
}

export function layerNorm(p: usize, task: i32): void {
  const args = changetype<Args>(p)
  const end = min((task + 1) * args.chunk, args.rows)
  for (let r = task * args.chunk; r < end; r++) normalise(args, r)
}

function normalise(args: Args, row: i32): void {
  const width = args.width
  const offset = <usize>row * (<usize>width << 2)
  const x = args.x + offset
  const out = args.out + offset
  let sum = splat(0)
  for (let c = 0; c < width; c += 4) sum = f32x4.add(sum, read(x + (<usize>c << 2), width - c))
  const mean = total(sum) / <f32>width
  const mean4 = splat(mean)
  let squares = splat(0)
  let c = 0
  for (; c + 4 <= width; c += 4) {
    const d = f32x4.sub(v128.load(x + (<usize>c << 2)), mean4)
    squares = fma(d, d, squares)
  }
  let variance = total(squares)
  for (; c < width; c++) {
    const d = load<f32>(x + (<usize>c << 2)) - mean
    variance += d * d
  }
  const rstd: f32 = 1 / sqrt<f32>(variance / <f32>width + args.eps)
  const rstd4 = splat(rstd)
  for (let c = 0; c < width; c += 4) {
    const at = <usize>c << 2
    const left = width - c
    const xhat = f32x4.mul(f32x4.sub(read(x + at, left), mean4), rstd4)
    write(out + at, fma(xhat, read(args.weight + at, left), read(args.bias + at, left)), left)
  }
  const stats = args.stats + (<usize>row << 3)
  store<f32>(stats, mean)
  store<f32>(stats, rstd, 4)
}

@unmanaged
class BackwardArgs {
  dout: usize
  x: usize
  weight: usize
  stats: usize
  dx: usize
  accumulate: i32
  /** (tasks, 2 width): each task's share of dweight | dbias; 0 where they aren't wanted */
  partial: usize
  rows: i32
  width: i32
  chunk: i32
}

/** dx = rstd (g - mean(g) - xhat mean(g xhat)), g = dout weight, xhat = (x - mean) rstd; dweight = sum of dout xhat, dbias = sum of dout. */
export function layerNormBackward(p: usize, task: i32): void {
  const args = changetype<BackwardArgs>(p)
  const bytes = <usize>args.width << 2
  const dweight = args.partial + <usize>task * 2 * bytes
  if (args.partial != 0) memory.fill(dweight, 0, 2 * bytes)
  const end = min((task + 1) * args.chunk, args.rows)
  for (let r = task * args.chunk; r < end; r++) backwardRow(args, r, dweight, dweight + bytes)
}

function backwardRow(args: BackwardArgs, row: i32, dweight: usize, dbias: usize): void {
  const width = args.width
  const offset = <usize>row * (<usize>width << 2)
  const dout = args.dout + offset
  const x = args.x + offset
  const dx = args.dx + offset
  const stats = args.stats + (<usize>row << 3)
  const mean = v128.load_splat<f32>(stats)
  const rstd = v128.load_splat<f32>(stats, 4)
  let sumG = splat(0)
  let sumGx = splat(0)
  for (let c = 0; c < width; c += 4) {
    const at = <usize>c << 2
    const left = width - c
    const d = read(dout + at, left)
    const g = f32x4.mul(d, read(args.weight + at, left))
    const xhat = f32x4.mul(f32x4.sub(read(x + at, left), mean), rstd)
    sumG = f32x4.add(sumG, g)
    sumGx = fma(g, xhat, sumGx)
    if (args.partial == 0) continue
    write(dweight + at, fma(d, xhat, read(dweight + at, left)), left)
    write(dbias + at, f32x4.add(d, read(dbias + at, left)), left)
  }
  const meanG = splat(total(sumG) / <f32>width)
  const meanGx = splat(total(sumGx) / <f32>width)
  for (let c = 0; c < width; c += 4) {
    const at = <usize>c << 2
    const left = width - c
    const g = f32x4.mul(read(dout + at, left), read(args.weight + at, left))
    const xhat = f32x4.mul(f32x4.sub(read(x + at, left), mean), rstd)
    let d = f32x4.mul(f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(xhat, meanGx)), rstd)
    if (args.accumulate != 0) d = f32x4.add(d, read(dx + at, left))
    write(dx + at, d, left)
  }
}
