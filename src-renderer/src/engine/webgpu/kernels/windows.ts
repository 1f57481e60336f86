import type { MatmulArgs } from '../../backend.ts'
import { gpu, type KernelContext } from '../kernel.ts'
import type { GpuTensor } from '../memory.ts'
import { matmul } from './matmul.ts'

/** The tensor in parts that can be bound, each with its first row. */
export function windowsOf(tensor: GpuTensor): { window: GpuTensor; row: number; rows: number }[] {
  let row = 0
  return (tensor.windows ?? [tensor]).map((window) => {
    const rows = window.shape[0]!
    row += rows
    return { window, row: row - rows, rows }
  })
}

/** A product, in several where a matrix of parameters or of their gradients is cut: the rest of the operands never is. */
export function matmulInWindows(ctx: KernelContext, args: MatmulArgs): void {
  const { layout, m, n, k, aOffset = 0, outOffset = 0 } = args
  const [b, out] = [gpu(args.b), gpu(args.out)]
  if (!b.windows && !out.windows) return matmul(ctx, args)
  if (layout === 'nt') return byColumns()
  return layout === 'nn' ? byDepth() : byRows()

  /** B (n, k) cut along n. */
  function byColumns(): void {
    if (args.bias) throw new Error('A bias of columns that are cut apart is not supported.')
    for (const { window, row, rows } of windowsOf(b))
      matmul(ctx, { ...args, b: window, n: rows, ldc: args.ldc ?? n, outOffset: outOffset + row })
  }

  /** B (k, n) cut along k: what follows the product waits for the last part. */
  function byDepth(): void {
    const parts = windowsOf(b)
    const plain = { ...args, bias: undefined, residual: undefined, gelu: undefined, geluBackward: undefined }
    parts.forEach(({ window, row, rows }, i) =>
      matmul(ctx, {
        ...(i === parts.length - 1 ? args : plain),
        ...{ b: window, k: rows, lda: args.lda ?? k, aOffset: aOffset + row },
        accumulate: i > 0 || args.accumulate === true,
      }),
    )
  }

  /** Out (m, n) of A^T B cut along m. */
  function byRows(): void {
    const plain = { ...args, columnSums: undefined }
    windowsOf(out).forEach(({ window, row, rows }, i) =>
      matmul(ctx, {
        ...(i === 0 ? args : plain),
        ...{ out: window, m: rows, lda: args.lda ?? m, aOffset: aOffset + row },
      }),
    )
  }
}
