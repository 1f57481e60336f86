/**
 * One item of a file of records: a record, or why there is none, each with the physical line it begins on. A problem's `text` is all of
 * what stands there, where a person can mend it.
 */
export type Row<T> =
  | { line: number; record: T; problem?: undefined }
  | { line: number; problem: { reason: string; excerpt: string; text?: string }; record?: undefined }

export type JsonObject = Record<string, unknown>

const EXCERPT_CHARACTERS = 120

/** The start of a text on one line, for a report. */
export function excerpt(text: string): string {
  const flat = text.slice(0, EXCERPT_CHARACTERS + 1).replace(/\s+/g, ' ')
  return flat.length > EXCERPT_CHARACTERS ? `${flat.slice(0, EXCERPT_CHARACTERS)}…` : flat
}
