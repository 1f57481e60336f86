const LF = 0x0a
const CR = 0x0d
/** Text without a line end that is held back in the hope of one, where lines do not matter. */
const HELD_BYTES = 64 * 1024

/**
 * Cuts UTF-8 that comes in chunks into blocks that can be understood one by one: each ends with a line end, and where there is none for long
 * between two characters and not behind a CR. A byte order mark at the beginning is taken off. A block is valid until the next is asked
 * for.
 * @param held bytes without a line end that are held back in the hope of one
 */
export async function* utf8Blocks(chunks: AsyncIterable<Uint8Array>, held = HELD_BYTES): AsyncGenerator<Buffer> {
  let buffer = Buffer.allocUnsafe(1024 * 1024)
  let start = 0
  let end = 0
  let isFirst = true
  for await (const chunk of chunks) {
    buffer.copyWithin(0, start, end)
    end -= start
    start = 0
    if (end + chunk.length > buffer.length) buffer = Buffer.concat([buffer.subarray(0, end)], 2 * (end + chunk.length))
    buffer.set(chunk, end)
    end += chunk.length
    if (isFirst && end >= 3) {
      start = markLength(buffer)
      isFirst = false
    }
    const cut = blockEnd(buffer.subarray(start, end), held)
    if (cut > 0) yield buffer.subarray(start, start + cut)
    start += cut
  }
  if (start < end) yield buffer.subarray(start, end)
}

const markLength = (bytes: Uint8Array): number => (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0)

function blockEnd(bytes: Buffer, held: number): number {
  const line = bytes.lastIndexOf(LF) + 1
  if (line > 0 || bytes.length < held) return line
  const end = characterCut(bytes, bytes.length)
  return bytes[end - 1] === CR ? end - 1 : end
}

export const isContinuation = (byte: number) => (byte & 0xc0) === 0x80

/** The last border between two characters at or before `at`, given that one may be cut off at the end; never 0. */
export function characterCut(bytes: Uint8Array, at: number): number {
  let start = at - 1
  while (start > 0 && at - start < 4 && isContinuation(bytes[start] as number)) start--
  const lead = bytes[start] as number
  const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  return start + length <= at || start === 0 ? at : start
}

/** Makes every line end of such blocks LF: CR LF and lone CR become LF. With `keep` they are only counted. */
export class LineEnds {
  /** Line ends that were, or would be, changed. */
  changed = 0
  private made = Buffer.alloc(0)

  constructor(private readonly keep = false) {}

  /** Where something changes, the result is valid until the next block. */
  push(block: Buffer): Buffer {
    let next = block.indexOf(CR)
    if (next < 0) return block
    if (this.made.length < block.length) this.made = Buffer.allocUnsafe(block.length)
    const { made } = this
    let from = 0
    let length = 0
    for (; next >= 0; next = block.indexOf(CR, next + 1)) {
      this.changed++
      length += block.copy(made, length, from, next)
      from = next + 1
      // Of CR LF, the LF is copied with what follows.
      if (block[from] !== LF) made[length++] = LF
    }
    length += block.copy(made, length, from)
    return this.keep ? block : made.subarray(0, length)
  }
}
