/** Makes every line ending LF, over text that comes in chunks: CR LF and lone CR become LF. */
export class NewlineNormaliser {
  private pendingCr = false

  push(chunk: string): string {
    let text = this.pendingCr ? `\r${chunk}` : chunk
    // A CR at the end may be half of CR LF: decide with the next chunk.
    this.pendingCr = text.endsWith('\r')
    if (this.pendingCr) text = text.slice(0, -1)
    return text.replace(/\r\n?/g, '\n')
  }

  end(): string {
    const rest = this.pendingCr ? '\n' : ''
    this.pendingCr = false
    return rest
  }
}
