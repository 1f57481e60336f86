/** Loss of each of (rows, V) logits, 0 where the label is outside 0 .. V-1, and the gradient of `scale` x their sum. */
export function crossEntropyReference(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  vocab: number,
  scale: number,
): { rowLoss: Float64Array; dlogits: Float64Array } {
  const rowLoss = new Float64Array(labels.length)
  const dlogits = new Float64Array(labels.length * vocab)
  for (let r = 0; r < labels.length; r++) {
    const label = labels[r]!
    if (label < 0 || label >= vocab) continue
    let largest = -Infinity
    for (let c = 0; c < vocab; c++) largest = Math.max(largest, logits[r * vocab + c]!)
    let sum = 0
    for (let c = 0; c < vocab; c++) sum += Math.exp(logits[r * vocab + c]! - largest)
    rowLoss[r] = Math.log(sum) + largest - logits[r * vocab + label]!
    for (let c = 0; c < vocab; c++) {
      dlogits[r * vocab + c] = scale * (Math.exp(logits[r * vocab + c]! - largest) / sum - (c === label ? 1 : 0))
    }
  }
  return { rowLoss, dlogits }
}
