import { LIMITS } from '@shared/contract/limits.ts'
import { parseLine } from '@shared/formats/jsonl.ts'
import { LineSplitter, type Line } from '@shared/formats/lines.ts'
import { JsonText } from '../io/json-text.ts'
import type { SourceText } from '../io/source-text.ts'
import { TextScan } from '../io/text-scan.ts'
import type { ImportFile } from '../task.ts'
import type { Reading } from './read-file.ts'
import type { RowTaker } from './take-rows.ts'

const LF = 0x0a

/** The column that alone is wanted of JSON Lines for pretraining, where they can be read by {@link readJsonlTexts}; else null. */
export function onlyTextColumn(file: ImportFile, source: SourceText, { purpose, sink, edits }: Reading): string | null {
  if (file.kind !== 'jsonl' || purpose !== 'pretrain' || !source.isUtf8 || edits.size > 0 || !sink.takesScans)
    return null
  const [only, ...more] = Object.entries(file.roles).filter(([, role]) => role !== 'ignore')
  return only?.[1] === 'text' && more.length === 0 ? only[0] : null
}

/**
 * Reads the texts of JSON Lines from their bytes (see JsonText). A line that is in any way unusual goes to `taker`, as all lines do
 * otherwise.
 */
export async function readJsonlTexts(
  file: ImportFile,
  column: string,
  source: SourceText,
  taker: RowTaker,
  { sink, number, signal, onBytes }: Reading,
): Promise<void> {
  const scan = new TextScan()
  const json = new JsonText(column, scan)
  const lines = new LineSplitter()
  /** Whether a line is begun in `lines`: only one that is too long is. */
  let open = false
  let line = 0
  const take = (found: Line[]) => {
    for (const one of found) taker.take([parseLine({ ...one, number: ++line })])
  }
  for await (const block of source.blocks(signal, LIMITS.lineBytes)) {
    for (let start = 0; start < block.length;) {
      const found = block.indexOf(LF, start)
      const end = found < 0 ? block.length : found
      if (!open && found >= 0 && json.read(block, start, end)) {
        scan.look()
        if (sink.takeScan(scan, { file: number, name: file.name, line: line + 1 })) {
          taker.good++
          line++
          start = end + 1
          continue
        }
      }
      take(lines.push(block.toString('utf8', start, found < 0 ? end : end + 1)))
      open = found < 0
      start = end + 1
    }
    if (onBytes(source.bytesRead)) return
  }
  take(lines.end())
}
