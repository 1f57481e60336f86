/** A piece of a text before and after: in both, only before, or only after. */
export interface DiffPiece {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** Words, runs of white space, and everything else one by one. */
const PIECES = /\p{L}[\p{L}\p{M}\p{N}]*|\n|[^\S\n]+|[^]/gu
/** Pieces of each side that are compared; longer texts are told apart as a whole. */
const MOST = 600

/** The difference between two short texts, word by word (longest common subsequence). */
export function diffText(before: string, after: string): DiffPiece[] {
  const a = before.match(PIECES) ?? []
  const b = after.match(PIECES) ?? []
  if (a.length > MOST || b.length > MOST) {
    return joined([
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ])
  }
  // lengths[i][j]: the longest common subsequence of a from i and b from j.
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number)
    }
  }
  const pieces: DiffPiece[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ kind: 'same', text: a[i++] as string })
      j++
    } else if (
      i < a.length &&
      (j === b.length || (lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number))
    ) {
      pieces.push({ kind: 'removed', text: a[i++] as string })
    } else {
      pieces.push({ kind: 'added', text: b[j++] as string })
    }
  }
  return joined(pieces)
}

function joined(pieces: readonly DiffPiece[]): DiffPiece[] {
  const out: DiffPiece[] = []
  for (const { kind, text } of pieces) {
    const last = out.at(-1)
    if (text === '') continue
    if (last?.kind === kind) last.text += text
    else out.push({ kind, text })
  }
  return out
}

const NAMES: Record<string, string> = { '\n': '↵\n', '\t': '→', '\ufffd': '�' }

/** A text with what cannot be seen made visible; marks that would join with the letter before them stand by themselves. */
export const visible = (text: string): string =>
  text.replace(/[\p{Cc}\p{M}\ufeff\ufdd0-\ufdef\ufffe\uffff]/gu, (c) => {
    const code = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return NAMES[c] ?? (/\p{M}/u.test(c) ? `\u25cc${c}` : `[U+${code}]`)
  })
