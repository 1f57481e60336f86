import { LIMITS } from '../contract/limits.ts'
import { type Line, LineSplitter } from './lines.ts'
import { parseObject } from './parse-object.ts'
import { excerpt, type JsonObject, type Row } from './read-record.ts'

/** Reads JSON Lines from text chunks: every line is a record or a problem with its physical line number; none stops the rest. */
export class JsonlReader {
  private readonly lines = new LineSplitter()

  push(chunk: string): Row<JsonObject>[] {
    return this.lines.push(chunk).map(parseLine)
  }

  end(): Row<JsonObject>[] {
    return this.lines.end().map(parseLine)
  }
}

/** A line's record, or why there is none. */
export function parseLine(line: Line): Row<JsonObject> {
  if (!line.tooLong) return parseObject(line.text, line.number)
  const reason = `The line is longer than ${LIMITS.lineBytes / 1024 / 1024} million characters.`
  return { line: line.number, problem: { reason, excerpt: excerpt(line.text) } }
}
