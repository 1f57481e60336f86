/** Checks UTF-16 over chunks: no lone surrogate, no half code unit at the end. Says where the first fault is and how many there are. */
export class Utf16Validator {
  private readonly high: 0 | 1
  private pending = -1
  private afterHigh = false
  private line = 1
  private count = 0
  private firstLine = 0

  constructor(encoding: 'utf-16le' | 'utf-16be') {
    this.high = encoding === 'utf-16le' ? 1 : 0
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.pending < 0) {
        this.pending = byte
        continue
      }
      this.unit(this.high === 1 ? (byte << 8) | this.pending : (this.pending << 8) | byte)
      this.pending = -1
    }
  }

  /** Null when all of it was valid. */
  end(): { line: number; count: number; bytes: number } | null {
    if (this.afterHigh) this.fault()
    const half = this.pending >= 0
    if (half) this.fault()
    // A lone surrogate has two bytes, half a code unit one.
    const bytes = this.count * 2 - (half ? 1 : 0)
    return this.count === 0 ? null : { line: this.firstLine, count: this.count, bytes }
  }

  private unit(unit: number): void {
    const isLow = unit >= 0xdc00 && unit <= 0xdfff
    if (this.afterHigh !== isLow) this.fault()
    this.afterHigh = unit >= 0xd800 && unit <= 0xdbff
    if (unit === 0x0a) this.line++
  }

  private fault(): void {
    this.count++
    if (this.firstLine === 0) this.firstLine = this.line
  }
}
