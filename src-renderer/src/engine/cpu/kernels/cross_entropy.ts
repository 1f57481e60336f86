import { exp4, largest, read, splat, total, write } from './vec'

@unmanaged
class Args {
  /** (rows, ld); becomes its gradient where asked. */
  logits: usize
  labels: usize
  rowLoss: usize
  scale: usize
  rows: i32
  /** Numbers between rows: V rounded up to a multiple of 4. */
  ld: i32
  vocab: i32
  gradient: i32
  /** Rows of one task. */
  chunk: i32
}

/** Softmax cross-entropy row by row; the gradient of what pads a row is 0. */
export function crossEntropy(p: usize, task: i32): void {
  const args = changetype<Args>(p)
  const end = min((task + 1) * args.chunk, args.rows)
  for (let r = task * args.chunk; r < end; r++) {
    const at = <usize>r << 2
    const row = args.logits + at * <usize>args.ld
    const label = load<i32>(args.labels + at)
    if (label < 0 || label >= args.vocab) {
      store<f32>(args.rowLoss + at, 0)
      if (args.gradient != 0) memory.fill(row, 0, <usize>args.ld << 2)
    } else store<f32>(args.rowLoss + at, rowLoss(args, row, label))
  }
}

function rowLoss(args: Args, row: usize, label: i32): f32 {
  const whole = args.vocab & -4
  const left = args.vocab - whole
  const tail = row + (<usize>whole << 2)
  let top = load<f32>(row)
  if (whole > 0) {
    let top4 = v128.load(row)
    for (let c = 4; c < whole; c += 4) top4 = f32x4.max(top4, v128.load(row + (<usize>c << 2)))
    top = largest(top4)
  }
  for (let c = 0; c < left; c++) top = max(top, load<f32>(tail + (<usize>c << 2)))
  const picked = load<f32>(row + (<usize>label << 2))

  const top4 = splat(top)
  const keep = args.gradient != 0
  let sum4 = splat(0)
  for (let c = 0; c < whole; c += 4) {
    const at = row + (<usize>c << 2)
    const e = exp4(f32x4.sub(v128.load(at), top4))
    sum4 = f32x4.add(sum4, e)
    if (keep) v128.store(at, e)
  }
  let sum = total(sum4)
  for (let c = 0; c < left; c++) {
    const at = tail + (<usize>c << 2)
    const e = f32x4.extract_lane(exp4(splat(load<f32>(at) - top)), 0)
    sum += e
    if (keep) store<f32>(at, e)
  }
  if (keep) {
    const factor = load<f32>(args.scale)
    const inverse = splat(factor / sum)
    for (let c = 0; c < args.vocab; c += 4) {
      const at = row + (<usize>c << 2)
      write(at, f32x4.mul(read(at, args.vocab - c), inverse), args.vocab - c)
    }
    const hit = row + (<usize>label << 2)
    store<f32>(hit, load<f32>(hit) - factor)
    for (let c = args.vocab; c < args.ld; c++) store<f32>(row + (<usize>c << 2), 0)
  }
  return Mathf.log(sum) - (picked - top)
}
