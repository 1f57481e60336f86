export interface InvalidUtf8 {
  /** Of the first byte of the first invalid sequence. */
  offset: number
  /** Physical line of the first invalid byte, 1-based. */
  line: number
  /** Invalid sequences in all. */
  count: number
  /** Bytes of those sequences. */
  bytes: number
}

/**
 * Checks UTF-8 strictly (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF) over chunks, and says where the first
 * fault is. One invalid sequence is what a decoder would replace by one U+FFFD.
 */
export class Utf8Validator {
  private offset = 0
  private line = 1
  private count = 0
  private faultBytes = 0
  private first: { offset: number; line: number } | null = null
  /** Continuation bytes still wanted, and the range the next one must lie in. */
  private wanted = 0
  /** Where the sequence that is being read began. */
  private start = 0
  private low = 0x80
  private high = 0xbf

  push(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number
      if (this.wanted > 0) {
        if (byte >= this.low && byte <= this.high) {
          this.wanted--
          this.low = 0x80
          this.high = 0xbf
          continue
        }
        this.fault(this.start, this.offset + i)
      }
      if (byte < 0x80) {
        if (byte === 0x0a) this.line++
      } else this.lead(byte, this.offset + i)
    }
    this.offset += bytes.length
  }

  /** Null when all of it was valid. */
  end(): InvalidUtf8 | null {
    if (this.wanted > 0) this.fault(this.start, this.offset)
    return this.first && { ...this.first, count: this.count, bytes: this.faultBytes }
  }

  private lead(byte: number, at: number): void {
    this.start = at
    if (byte >= 0xc2 && byte <= 0xdf) this.wanted = 1
    else if (byte >= 0xe0 && byte <= 0xef) {
      this.wanted = 2
      if (byte === 0xe0) this.low = 0xa0
      if (byte === 0xed) this.high = 0x9f
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.wanted = 3
      if (byte === 0xf0) this.low = 0x90
      if (byte === 0xf4) this.high = 0x8f
    } else this.fault(at, at + 1)
  }

  private fault(at: number, end: number): void {
    this.count++
    this.faultBytes += end - at
    this.first ??= { offset: at, line: this.line }
    this.wanted = 0
    this.low = 0x80
    this.high = 0xbf
  }
}
