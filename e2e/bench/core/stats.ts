/** The value below which share `q` (0 .. 1) of the values lies, between neighbours linearly (numpy's default). NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? NaN
  const high = sorted[Math.ceil(at)] ?? NaN
  return low + (high - low) * (at - Math.floor(at))
}

export const median = (values: readonly number[]) => quantile(values, 0.5)

/** Median and quartiles of a set of figures. */
export interface Spread {
  median: number
  low: number
  high: number
}

const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
})

/**
 * Ours over a peer, round by round: the two turns of a round are neighbours in time, so a machine that slows down for a while slows both.
 * Rounds that only one of them took part in don't count.
 */
export function ratioOf(ours: readonly number[], peer: readonly number[]): Spread {
  const rounds = Math.min(ours.length, peer.length)
  return spread(Array.from({ length: rounds }, (_, i) => ours[i]! / peer[i]!))
}
