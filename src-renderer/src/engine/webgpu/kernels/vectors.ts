/** How a kernel that uses include/vec.wgsl reads rows of these lengths: as vec4f where all are multiples of 4. */
export function vectors(length: number, ...others: number[]): { VEC4: boolean; width: number } {
  const VEC4 = [length, ...others].every((n) => n % 4 === 0)
  return { VEC4, width: VEC4 ? length / 4 : length }
}

/** Vecs of a row of `count` that a thread reads at once: a divisor of it, small because each adds to the time that compilation takes. */
export function chunkOf(count: number): number {
  return [4, 3, 2].find((n) => count % n === 0) ?? 1
}
