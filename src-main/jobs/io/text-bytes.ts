/** A text as UTF-8, in one buffer for all texts: a buffer of its own for every small record costs more than its bytes. */
export class TextBytes {
  /** The last text's bytes, {@link length} of them. */
  bytes = Buffer.allocUnsafe(64 * 1024)
  length = 0

  /** Valid until the next text. */
  set(text: string): void {
    // A UTF-16 unit takes three bytes at most.
    this.reserve(text.length * 3)
    this.length = this.bytes.write(text, 'utf8')
  }

  /** At least the first `units` UTF-16 units of the text, or all of it. */
  beginning(units: number): string {
    // A unit takes three bytes at most; a character that is cut off lies behind those that are wanted.
    return this.bytes.toString('utf8', 0, Math.min(this.length, 3 * units + 3))
  }

  /** Makes room for a text of so many bytes; what was there is lost. */
  reserve(bytes: number): void {
    if (bytes > this.bytes.length) this.bytes = Buffer.allocUnsafe(bytes)
  }
}
