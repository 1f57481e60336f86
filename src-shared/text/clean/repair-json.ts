/**
 * Mends a JSON object in the few ways that have one reading, or gives null: a byte order mark or control characters inside it, a comma
 * before a closing bracket, single-quoted strings and keys, keys without quotes, NaN and Infinity (read as null), Python's None, True and
 * False. What ends too early is not mended: nobody can know what is missing.
 */
export function repairJson(text: string): { text: string; how: string[] } | null {
  const how = new Set<string>()
  const out = rewrite(text, how)
  if (out === null || how.size === 0) return null
  try {
    const value: unknown = JSON.parse(out)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { text: out, how: [...how] } : null
  } catch {
    return null
  }
}

const WORDS: Record<string, string> = { NaN: 'null', Infinity: 'null', None: 'null', True: 'true', False: 'false' }

/** Null where a string never ends. */
function rewrite(text: string, how: Set<string>): string | null {
  let out = ''
  for (let at = 0; at < text.length;) {
    const c = text[at] as string
    if (c === '"' || c === "'") {
      const read = readString(text, at, how)
      if (!read) return null
      out += read.json
      at = read.end
    } else if (/[A-Za-z_$]/.test(c)) {
      const word = /^[\w$]+/.exec(text.slice(at, at + 200))?.[0] ?? c
      at += word.length
      if (/^\s*:/.test(text.slice(at, at + 50))) {
        how.add('quotes around a name')
        out += JSON.stringify(word)
      } else {
        const replacement = WORDS[word]
        if (replacement !== undefined) how.add(`${word} read as ${replacement}`)
        out += replacement ?? word
      }
    } else if (c === ',' && /^\s*[}\]]/.test(text.slice(at + 1, at + 200))) {
      how.add('a comma too many')
      at++
    } else if (c === '\ufeff') {
      how.add('a byte order mark inside')
      at++
    } else if (c < ' ' && !'\t\n\r'.includes(c)) {
      how.add('control characters')
      at++
    } else {
      out += c
      at++
    }
  }
  return out
}

/** The string that opens at `at`, as JSON. A single quote inside a single-quoted string counts as its end only where one can stand. */
function readString(text: string, at: number, how: Set<string>): { json: string; end: number } | null {
  const quote = text[at] as string
  let inner = ''
  for (let i = at + 1; i < text.length; i++) {
    const c = text[i] as string
    if (c === '\\') {
      const next = text[++i] ?? ''
      // JSON knows no \' .
      inner += next === "'" ? "'" : `\\${next}`
    } else if (c === quote && (quote === '"' || /^\s*(?:[,:}\]]|$)/.test(text.slice(i + 1, i + 50)))) {
      if (quote === "'") how.add('single quotes')
      return { json: `"${inner}"`, end: i + 1 }
    } else if (c === '"') {
      inner += '\\"'
    } else if (c < ' ') {
      how.add('control characters')
      inner += c === '\t' ? '\\t' : c === '\n' ? '\\n' : c === '\r' ? '\\r' : ''
    } else {
      inner += c
    }
  }
  return null
}
