import { read, splat, write } from './vec'

@unmanaged
class EmbeddingArgs {
  tokens: usize
  wte: usize
  wpe: usize
  /** 0 where absent. */
  cursor: usize
  out: usize
  rows: i32
  width: i32
  seqLen: i32
  vocab: u32
  positions: u32
  /** Rows of one task. */
  chunk: i32
}

/** out[r] = wte[token[r]] + wpe[r % seqLen + cursor] */
export function embedding(p: usize, task: i32): void {
  const args = changetype<EmbeddingArgs>(p)
  const bytes = <usize>args.width << 2
  const first: u32 = args.cursor == 0 ? 0 : load<u32>(args.cursor)
  const end = min((task + 1) * args.chunk, args.rows)
  for (let r = task * args.chunk; r < end; r++) {
    const token = min(load<u32>(args.tokens + (<usize>r << 2)), args.vocab - 1)
    const position = min(<u32>(r % args.seqLen) + first, args.positions - 1)
    const a = args.wte + <usize>token * bytes
    const b = args.wpe + <usize>position * bytes
    const out = args.out + <usize>r * bytes
    for (let c = 0; c < args.width; c += 4) {
      const at = <usize>c << 2
      const left = args.width - c
      write(out + at, f32x4.add(read(a + at, left), read(b + at, left)), left)
    }
  }
}

@unmanaged
class BackwardArgs {
  dout: usize
  /** count, ids (rows), starts (rows + 1), order (rows): see engine/model/token-index.ts. */
  index: usize
  dwte: usize
  rows: i32
  width: i32
  /** Distinct tokens of one task. */
  chunk: i32
}

/** dwte[token] += sum of dout over the token's rows, in ascending order. No two tasks share an output. */
export function embeddingBackward(p: usize, task: i32): void {
  const args = changetype<BackwardArgs>(p)
  const bytes = <usize>args.width << 2
  const ids = args.index + 4
  const starts = ids + (<usize>args.rows << 2)
  const order = starts + (<usize>(args.rows + 1) << 2)
  const end = min((task + 1) * args.chunk, load<i32>(args.index))
  for (let slot = task * args.chunk; slot < end; slot++) {
    const at = <usize>slot << 2
    const out = args.dwte + <usize>load<u32>(ids + at) * bytes
    const stop = load<u32>(starts + at, 4)
    for (let i = load<u32>(starts + at); i < stop; i++) {
      addRow(out, args.dout + <usize>load<u32>(order + (<usize>i << 2)) * bytes, args.width)
    }
  }
}

function addRow(out: usize, row: usize, width: i32): void {
  for (let c = 0; c < width; c += 4) {
    const at = <usize>c << 2
    const left = width - c
    write(out + at, f32x4.add(read(out + at, left), read(row + at, left)), left)
  }
}

@unmanaged
class PositionArgs {
  dout: usize
  dwpe: usize
  batch: i32
  seqLen: i32
  width: i32
  accumulate: i32
}

/** dwpe[t] = sum over the batch of dout[b, t]; zero for positions that the batch doesn't reach. Or added to. Tasks: positions. */
export function positionBackward(p: usize, task: i32): void {
  const args = changetype<PositionArgs>(p)
  const bytes = <usize>args.width << 2
  const out = args.dwpe + <usize>task * bytes
  const batch = task < args.seqLen ? args.batch : 0
  for (let c = 0; c < args.width; c += 4) {
    const at = <usize>c << 2
    const left = args.width - c
    let sum = args.accumulate != 0 ? read(out + at, left) : splat(0)
    let row = args.dout + <usize>task * bytes + at
    for (let b = 0; b < batch; b++, row += <usize>args.seqLen * bytes) sum = f32x4.add(sum, read(row, left))
    write(out + at, sum, left)
  }
}
