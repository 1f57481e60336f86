import type { Turn } from '../core/case.ts'

/** A turn of `times` pieces of work; `work` resolves when it is done, to a value that shows it was done right, or null. */
export async function timed(times: number, work: () => Promise<number | null>): Promise<Turn> {
  const values: number[] = []
  const start = performance.now()
  for (let i = 0; i < times; i++) {
    const value = await work()
    if (value !== null) values.push(value)
  }
  return { ms: (performance.now() - start) / times, values }
}
