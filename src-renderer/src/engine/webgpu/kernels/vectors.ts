/** How a kernel that uses include/vec.wgsl reads rows of these lengths: as vec4f where all are multiples of 4. */
export function vectors(length: number, ...others: number[]): { VEC4: boolean; width: number } {
  const VEC4 = [length, ...others].every((n) => n % 4 === 0)
  return { VEC4, width: VEC4 ? length / 4 : length }
}
