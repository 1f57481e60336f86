import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Purpose } from '@shared/contract/schemas.ts'
import type { StudioRecord } from '@shared/text/records.ts'
import { contentOf } from '../import/sink.ts'
import type { Part } from '../import/split.ts'
import { readPieces } from '../io/part-reader.ts'

/** Shortest line of running text that is compared between parts: shorter ones ("Enter HAMLET.") come again by themselves. */
const LINE_CHARACTERS = 24
/** A line is compared in this much of it. */
const LINE_COMPARED = 64 * 1024

/** A line of running text, or a record. */
export interface Unit {
  /** All of it, line end included. */
  whole: string
  /** What is compared; null where it is too short to be. */
  compared: string | null
  /** Whether the document ends with it. */
  last: boolean
}

/** Lines for running text; whole records where each is a document of its own. */
export type UnitKind = 'lines' | 'records'

/** The units of a part, some at a time. */
export async function* partUnits(
  folder: string,
  part: Part,
  purpose: Purpose,
  unit: UnitKind,
  signal: AbortSignal,
): AsyncGenerator<Unit[]> {
  const extension = purpose === 'pretrain' ? 'txt' : 'jsonl'
  if (!existsSync(join(folder, `${part}.${extension}`))) return
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let open = ''
  for await (const pieces of readPieces(join(folder, part), extension, signal)) {
    const units: Unit[] = []
    for (const { bytes, last } of pieces) {
      open += decoder.decode(bytes, { stream: !last })
      if (unit === 'lines') {
        let start = 0
        for (let end = open.indexOf('\n'); end >= 0; end = open.indexOf('\n', start)) {
          const whole = open.slice(start, end + 1)
          start = end + 1
          units.push({ whole, compared: lineOf(whole), last: last && start === open.length })
        }
        open = open.slice(start)
        if (!last) continue
        if (open !== '') units.push({ whole: open, compared: lineOf(open), last: true })
      } else {
        if (!last) continue
        const compared = purpose === 'pretrain' ? open : contentOf(JSON.parse(open) as StudioRecord)
        units.push({ whole: open, compared, last: true })
      }
      open = ''
    }
    yield units
  }
}

function lineOf(whole: string): string | null {
  const line = whole.slice(0, LINE_COMPARED).trim()
  return line.length >= LINE_CHARACTERS ? line : null
}
