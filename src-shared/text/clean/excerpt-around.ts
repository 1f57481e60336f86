/** Characters shown before the first difference, and in all. */
const BEFORE = 80
const SHOWN = 360

/** Both texts cut to the same place, around where they first differ. */
export function excerptAround(before: string, after: string | null): { before: string; after: string | null } {
  let same = 0
  while (after !== null && same < before.length && before[same] === after[same]) same++
  const start = same <= BEFORE ? 0 : same - BEFORE
  const cut = (text: string) => {
    const piece = Array.from(text.slice(start, start + SHOWN)).join('')
    return `${start > 0 ? '…' : ''}${piece}${text.length > start + SHOWN ? '…' : ''}`
  }
  return { before: cut(before), after: after === null ? null : cut(after) }
}
