import { LIMITS } from '../contract/limits.ts'
import { excerpt, type JsonObject, type Row } from './read-record.ts'

/** Parses one JSON object that began on `line`; anything else comes back as a problem in plain words. */
export function parseObject(text: string, line: number): Row<JsonObject> {
  const refuse = (reason: string): Row<JsonObject> => ({ line, problem: { reason, excerpt: excerpt(text) } })
  if (text.trim() === '') return refuse('The line is empty; a record like {"text": "…"} was expected.')
  if (text.includes('\uFEFF')) return refuse('There is a byte order mark in the middle of the file.')
  if (deeperThan(text, LIMITS.jsonDepth)) return refuse(`It is nested deeper than ${LIMITS.jsonDepth} levels.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return refuse(plainWords(text, error as Error))
  }
  if (Array.isArray(value)) return refuse('It is a list; an object with named fields was expected.')
  if (value === null || typeof value !== 'object')
    return refuse('It is a single value; an object with named fields was expected.')
  return { line, record: value as JsonObject }
}

/** Depth is checked before parsing: a recursive parser must never meet hostile nesting. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 0x5c) i++
      else if (c === 0x22) inString = false
    } else if (c === 0x22) inString = true
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > limit) return true
    } else if (c === 0x7d || c === 0x5d) depth--
  }
  return false
}

/** JSON.parse's message differs between engines and lengths: only the offending character and its place are taken from it. */
function plainWords(text: string, error: Error): string {
  if (/\b(?:NaN|-?Infinity)\b/.test(text)) return 'Not valid JSON: NaN and Infinity are not allowed as numbers.'
  if (/,\s*[}\]]/.test(text)) return 'Not valid JSON: there is a comma before a closing bracket.'
  const position = /position (\d+)/.exec(error.message)?.[1]
  const found = /Unexpected token '?(.)/u.exec(error.message)?.[1] ?? (position && text[Number(position)])
  if (!found) return 'Not valid JSON: the record ends too early; a bracket or a quotation mark is missing.'
  const where = position ? ` at column ${Number(position) + 1}` : ''
  return `Not valid JSON: unexpected “${found}”${where}.`
}
