interface Norm {
  rows: number
  width: number
  eps: number
}

/** (rows, width) normalised row by row, and (rows, 2) mean and 1 / sqrt(variance + eps). */
export function layerNormReference(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  { rows, width, eps }: Norm,
): { out: Float64Array; stats: Float64Array } {
  const out = new Float64Array(rows * width)
  const stats = new Float64Array(rows * 2)
  for (let r = 0; r < rows; r++) {
    let mean = 0
    for (let c = 0; c < width; c++) mean += x[r * width + c]! / width
    let variance = 0
    for (let c = 0; c < width; c++) variance += (x[r * width + c]! - mean) ** 2 / width
    const rstd = 1 / Math.sqrt(variance + eps)
    for (let c = 0; c < width; c++) out[r * width + c] = (x[r * width + c]! - mean) * rstd * weight[c]! + bias[c]!
    stats.set([mean, rstd], r * 2)
  }
  return { out, stats }
}

/** Gradients of layerNormReference's input, weight and bias. */
export function layerNormBackwardReference(
  dout: ArrayLike<number>,
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  norm: Norm,
): { dx: Float64Array; dweight: Float64Array; dbias: Float64Array } {
  const { rows, width } = norm
  const { stats } = layerNormReference(x, weight, weight, norm)
  const dx = new Float64Array(rows * width)
  const dweight = new Float64Array(width)
  const dbias = new Float64Array(width)
  for (let r = 0; r < rows; r++) {
    const mean = stats[r * 2]!
    const rstd = stats[r * 2 + 1]!
    let meanG = 0
    let meanGx = 0
    for (let c = 0; c < width; c++) {
      const at = r * width + c
      const xhat = (x[at]! - mean) * rstd
      dweight[c]! += dout[at]! * xhat
      dbias[c]! += dout[at]!
      meanG += (dout[at]! * weight[c]!) / width
      meanGx += (dout[at]! * weight[c]! * xhat) / width
    }
    for (let c = 0; c < width; c++) {
      const at = r * width + c
      dx[at] = rstd * (dout[at]! * weight[c]! - meanG - (x[at]! - mean) * rstd * meanGx)
    }
  }
  return { dx, dweight, dbias }
}
