/** Makes every line ending LF, over text that comes in chunks: CR LF and lone CR become LF. With `keep` they are only counted. */
export class NewlineNormaliser {
  /** Line ends that were, or would be, changed. */
  changed = 0
  private pendingCr = false

  constructor(private readonly keep = false) {}

  push(chunk: string): string {
    let text = this.pendingCr ? `\r${chunk}` : chunk
    // A CR at the end may be half of CR LF: decide with the next chunk.
    this.pendingCr = text.endsWith('\r')
    if (this.pendingCr) text = text.slice(0, -1)
    const first = text.indexOf('\r')
    if (first < 0) return text
    for (let at = first; at >= 0; at = text.indexOf('\r', at + 1)) this.changed++
    return this.keep ? text : text.replace(/\r\n?/g, '\n')
  }

  end(): string {
    const rest = this.pendingCr ? (this.keep ? '\r' : '\n') : ''
    if (this.pendingCr) this.changed++
    this.pendingCr = false
    return rest
  }
}
