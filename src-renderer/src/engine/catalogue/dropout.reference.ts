function pcg(value: number): number {
  const state = (Math.imul(value, 747796405) + 2891336453) >>> 0
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0
  return ((word >>> 22) ^ word) >>> 0
}

/** 0 where the element is dropped, else 1 / (1 - p); the same bits as include/random.wgsl. */
export function keepReference(
  element: number,
  { p, stream, seed }: { p: number; stream: number; seed: number },
): number {
  const bits = pcg((element ^ pcg((stream ^ pcg(seed)) >>> 0)) >>> 0)
  return bits >= Math.floor(p * 2 ** 32) ? 1 / (1 - p) : 0
}
