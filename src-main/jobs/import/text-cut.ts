/** How far from the exact place a paragraph's border may lie: a share of the text, and bytes. */
const WINDOW_SHARE = 0.025
const WINDOW_BYTES = 256 * 1024
const LF = 0x0a

type Read = (start: number, end: number) => Uint8Array

/**
 * Where to cut a text of `size` bytes so that about its last `share` is kept back for validation: the paragraph's border (blank line)
 * nearest to the exact place, else the nearest line's, else the nearest character's. Both sides get at least one byte where
 * there are two characters.
 * @param share 0 .. 1
 * @param read the bytes of the text in [start, end)
 */
export function trainCut(size: number, share: number, read: Read): number {
  const exact = Math.floor(size * (1 - share))
  const reach = Math.min(WINDOW_BYTES, Math.floor(size * WINDOW_SHARE))
  const from = Math.max(0, exact - reach)
  const bytes = read(from, Math.min(size, exact + reach + 1))
  const inside = (cut: number) => cut > 0 && cut < size
  let line = -1
  let paragraph = -1
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== LF || !inside(from + i + 1)) continue
    const cut = from + i + 1
    const nearer = (old: number) => old < 0 || Math.abs(cut - exact) < Math.abs(old - exact)
    if (nearer(line)) line = cut
    // The border lies behind the last of the blank lines.
    if (i > 0 && bytes[i - 1] === LF && bytes[i + 1] !== LF && nearer(paragraph)) paragraph = cut
  }
  if (paragraph > 0) return paragraph
  if (line > 0) return line
  return characterBorder(size, Math.max(1, exact), read)
}

function characterBorder(size: number, exact: number, read: Read): number {
  const starts = (at: number) => ((read(at, at + 1)[0] as number) & 0xc0) !== 0x80
  for (let at = exact; at < size; at++) if (starts(at)) return at
  for (let at = exact - 1; at > 0; at--) if (starts(at)) return at
  return size
}

/**
 * Where the training text ends when `gap` bytes before the validation text are left out: at the line's end at or before that place, else
 * between two characters. Training keeps at least half of its text.
 */
export function gapStart(cut: number, gap: number, read: Read): number {
  const exact = cut - Math.min(gap, Math.floor(cut / 2))
  if (exact === cut) return cut
  const from = Math.max(Math.ceil(cut / 2), exact - WINDOW_BYTES / 64)
  const bytes = read(from, exact)
  const line = bytes.lastIndexOf(LF)
  return line >= 0 ? from + line + 1 : characterBorder(cut, exact, read)
}
