export interface Point {
  x: number
  y: number
}

/** Index of the point whose x is nearest; -1 for no points. `points` ascend in x. */
export function nearestIndex(points: readonly Point[], x: number): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle]?.x ?? Infinity) < x) low = middle + 1
    else high = middle
  }
  const right = points[low]
  const left = points[low - 1]
  if (!right) return low - 1
  return left && x - left.x <= right.x - x ? low - 1 : low
}

/**
 * At most about `limit` points with the same outline: of each stretch of x the lowest and the highest point stay, and the first and
 * the last of all, so that no spike is lost. The same array comes back when it is short enough.
 */
export function decimate(points: readonly Point[], limit: number): readonly Point[] {
  if (points.length <= limit) return points
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return points
  const buckets = Math.max(1, Math.floor((limit - 2) / 2))
  const size = (points.length - 2) / buckets
  const kept: Point[] = [first]
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = 1 + Math.floor(bucket * size)
    const end = 1 + Math.floor((bucket + 1) * size)
    let low = start
    let high = start
    for (let i = start + 1; i < end; i++) {
      if ((points[i]?.y ?? 0) < (points[low]?.y ?? 0)) low = i
      if ((points[i]?.y ?? 0) > (points[high]?.y ?? 0)) high = i
    }
    for (const i of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) {
      const point = points[i]
      if (point) kept.push(point)
    }
  }
  kept.push(last)
  return kept
}

/**
 * Exponential moving average with the start-up bias divided out, as in Adam's moments (Kingma & Ba, 2015, section 3).
 * `weight` is the share of the past, 0 .. 1.
 */
export function smooth(points: readonly Point[], weight: number): Point[] {
  let mean = 0
  let norm = 0
  return points.map(({ x, y }) => {
    mean = weight * mean + (1 - weight) * y
    norm = weight * norm + (1 - weight)
    return { x, y: mean / norm }
  })
}
