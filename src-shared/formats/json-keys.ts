/** The name of a key that appears twice in one object anywhere in `text`, or null. `text` must be valid JSON: `JSON.parse` keeps
 * the last of two equal keys in silence, which lets two readers of one file see different content. */
export function findDuplicateKey(text: string): string | null {
  // One set of keys per open object; null for an open array.
  const open: (Set<string> | null)[] = []
  let expectKey = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '"') {
      const start = i
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++
      const keys = open[open.length - 1]
      if (!expectKey || keys == null) continue
      expectKey = false
      const key = JSON.parse(text.slice(start, i + 1)) as string
      if (keys.has(key)) return key
      keys.add(key)
    } else if (c === '{') {
      open.push(new Set())
      expectKey = true
    } else if (c === '[') {
      open.push(null)
    } else if (c === '}' || c === ']') {
      open.pop()
      expectKey = false
    } else if (c === ',') {
      expectKey = open[open.length - 1] != null
    }
  }
  return null
}

/** Deepest nesting of objects and arrays in `text` (0 for a bare value), counted without parsing, so that a hostile file can
 * be refused before it is parsed. Brackets inside strings do not count. */
export function jsonDepth(text: string): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) {
      i = stringEnd(text, i)
    } else if (c === 0x7b || c === 0x5b) {
      depth++
      if (depth > deepest) deepest = depth
    } else if (c === 0x7d || c === 0x5d) {
      depth--
    }
  }
  return deepest
}

/** Place of the quotation mark that ends the string which begins at `start`; the text's length where none does. */
function stringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let first = at
    while (text.charCodeAt(first - 1) === 0x5c) first--
    // An odd number of backslashes before it makes it part of the string.
    if ((at - first) % 2 === 0) return at
  }
  return text.length
}
