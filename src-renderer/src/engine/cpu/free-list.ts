interface Hole {
  start: number
  end: number
}

/** Which parts of an address range are free: first fit, neighbours joined again. */
export class FreeList {
  /** In ascending order, never touching each other. */
  private readonly holes: Hole[]

  constructor(start: number, end: number) {
    this.holes = [{ start, end }]
  }

  /** Start of `size` bytes that are now taken; null when no hole is long enough. */
  take(size: number): number | null {
    const i = this.holes.findIndex(({ start, end }) => end - start >= size)
    const hole = this.holes[i]
    if (!hole) return null
    const { start } = hole
    hole.start += size
    if (hole.start === hole.end) this.holes.splice(i, 1)
    return start
  }

  /** Gives back what `take` gave out. */
  give(start: number, size: number): void {
    const end = start + size
    let i = this.holes.findIndex((hole) => hole.start >= end)
    if (i < 0) i = this.holes.length
    const before = this.holes[i - 1]
    const after = this.holes[i]
    if (before?.end === start) {
      before.end = end
      if (after?.start === end) {
        before.end = after.end
        this.holes.splice(i, 1)
      }
    } else if (after?.start === end) after.start = start
    else this.holes.splice(i, 0, { start, end })
  }
}
