import { LIMITS } from '../contract/limits.ts'
import { isBlank } from '../text/is-blank.ts'
import { jsonDepth } from './json-keys.ts'
import { excerpt, type JsonObject, type Row } from './read-record.ts'

/** Parses one JSON object that began on `line`; anything else comes back as a problem in plain words. */
export function parseObject(text: string, line: number): Row<JsonObject> {
  const refuse = (reason: string): Row<JsonObject> => ({
    line,
    problem: {
      reason,
      excerpt: excerpt(text),
      ...(text.length <= LIMITS.editCharacters ? { text: text.slice(Math.max(0, text.search(/[^ \t\r\n]/))) } : {}),
    },
  })
  if (isBlank(text)) return refuse('The line is empty; a record was expected.')
  // Before parsing: a recursive parser must never meet hostile nesting.
  if (jsonDepth(text) > LIMITS.jsonDepth) return refuse(`It is nested deeper than ${LIMITS.jsonDepth} levels.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return refuse(plainWords(text, error as Error))
  }
  if (Array.isArray(value)) return refuse('It is a list; an object with named fields was expected.')
  if (value === null || typeof value !== 'object') {
    return refuse('It is a single value; an object with named fields was expected.')
  }
  return { line, record: value as JsonObject }
}

/** JSON.parse's message differs between engines and lengths: only the offending character and its place are taken from it. */
function plainWords(text: string, error: Error): string {
  const bare = outsideStrings(text)
  if (bare.includes('\uFEFF')) return 'Not valid JSON: there is a byte order mark in the middle of the file.'
  if (/\b(?:NaN|Infinity)\b/.test(bare)) return 'Not valid JSON: NaN and Infinity are not allowed as numbers.'
  if (/,\s*[}\]]/.test(bare)) return 'Not valid JSON: there is a comma before a closing bracket.'
  const position = /position (\d+)/.exec(error.message)?.[1]
  const found = /Unexpected token '?(.)/u.exec(error.message)?.[1] ?? (position && text[Number(position)])
  if (!found) return 'Not valid JSON: the record ends too early; a bracket or a quotation mark is missing.'
  const where = position ? ` at column ${Number(position) + 1}` : ''
  return `Not valid JSON: unexpected “${found}”${where}.`
}

/** JSON text with every string emptied; by hand, for a regular expression would take quadratic time on a string that never ends. */
function outsideStrings(text: string): string {
  let bare = ''
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('"', at)
    if (open < 0) return bare + text.slice(at)
    bare += `${text.slice(at, open)}""`
    for (at = open + 1; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++
    at++
  }
  return bare
}
