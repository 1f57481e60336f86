interface Shape {
  batch: number
  seqLen: number
  heads: number
  headSize: number
  /** Factor on the weight of element ((b H + h) T + i) T + j: 0 where dropped. */
  keep?: (element: number) => number
}

/** Causal attention with the T x T weights written out. */
export function attentionReference(qkv: ArrayLike<number>, shape: Shape) {
  const { batch, seqLen: T, heads: H, headSize: D, keep = () => 1 } = shape
  const C = H * D
  const out = new Float64Array(batch * T * C)
  const lse = new Float64Array(batch * H * T)
  /** Weights before dropout. */
  const weights = new Float64Array(batch * H * T * T)
  eachRow(shape, (b, h, i) => {
    const row = (b * H + h) * T + i
    const score = (j: number) => {
      let s = 0
      for (let d = 0; d < D; d++) s += qkv[(b * T + i) * 3 * C + h * D + d]! * qkv[(b * T + j) * 3 * C + C + h * D + d]!
      return s / Math.sqrt(D)
    }
    const scores = Array.from({ length: i + 1 }, (_, j) => score(j))
    const largest = Math.max(...scores)
    lse[row] = largest + Math.log(scores.reduce((sum, s) => sum + Math.exp(s - largest), 0))
    scores.forEach((s, j) => {
      const w = Math.exp(s - lse[row]!)
      weights[row * T + j] = w
      for (let d = 0; d < D; d++) {
        out[(b * T + i) * C + h * D + d]! += w * keep(row * T + j) * qkv[(b * T + j) * 3 * C + 2 * C + h * D + d]!
      }
    })
  })
  return { out, lse, weights }
}

/** Gradient of qkv. */
export function attentionBackwardReference(
  qkv: ArrayLike<number>,
  dout: ArrayLike<number>,
  shape: Shape,
): Float64Array {
  const { seqLen: T, heads: H, headSize: D, keep = () => 1 } = shape
  const C = H * D
  const { weights } = attentionReference(qkv, shape)
  const dqkv = new Float64Array(qkv.length)
  eachRow(shape, (b, h, i) => {
    const row = (b * H + h) * T + i
    const at = (t: number, part: number, d: number) => (b * T + t) * 3 * C + part * C + h * D + d
    const g = (d: number) => dout[(b * T + i) * C + h * D + d]!
    const dweights = Array.from({ length: i + 1 }, (_, j) => {
      let sum = 0
      for (let d = 0; d < D; d++) sum += g(d) * qkv[at(j, 2, d)]!
      return sum * keep(row * T + j)
    })
    const mean = dweights.reduce((sum, dw, j) => sum + dw * weights[row * T + j]!, 0)
    dweights.forEach((dw, j) => {
      const w = weights[row * T + j]!
      const ds = (w * (dw - mean)) / Math.sqrt(D)
      for (let d = 0; d < D; d++) {
        dqkv[at(i, 0, d)]! += ds * qkv[at(j, 1, d)]!
        dqkv[at(j, 1, d)]! += ds * qkv[at(i, 0, d)]!
        dqkv[at(j, 2, d)]! += w * keep(row * T + j) * g(d)
      }
    })
  })
  return dqkv
}

function eachRow({ batch, heads, seqLen }: Shape, visit: (b: number, h: number, i: number) => void): void {
  for (let b = 0; b < batch; b++) for (let h = 0; h < heads; h++) for (let i = 0; i < seqLen; i++) visit(b, h, i)
}
