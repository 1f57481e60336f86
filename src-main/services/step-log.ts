import { appendFile, readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { writeAtomic } from '../fs/atomic.ts'
import { createMutex } from './mutex.ts'

export interface StepLogOptions<S extends v.GenericSchema<unknown, { step: number }>> {
  schema: S
  /** Rows with the same key are one row: what came later completes or replaces what came before. */
  key: (row: v.InferOutput<S>) => string
  log: (line: string) => void
}

/**
 * A JSONL file of rows with ascending steps. Rows whose first step lies before the last one stored come from a run that
 * was resumed from an earlier checkpoint: they replace everything from that step on.
 */
export function createStepLog<S extends v.GenericSchema<unknown, { step: number }>>(options: StepLogOptions<S>) {
  type Row = v.InferOutput<S>
  const exclusive = createMutex()
  /** Last step of every file appended to since start-up; its file is known to be whole. */
  const lastSteps = new Map<string, number>()
  const lines = (rows: Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const lastStep = (rows: Row[], start = -1) => rows.reduce((last, row) => Math.max(last, row.step), start)

  async function read(file: string): Promise<Row[]> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const rows = new Map<string, Row>()
    let unreadable = 0
    for (const line of text.split('\n')) {
      if (line === '') continue
      const row = parseLine(options.schema, line)
      if (row === null) unreadable += 1
      else rows.set(options.key(row), { ...rows.get(options.key(row)), ...row })
    }
    // The last line of a studio killed while it wrote.
    if (unreadable > 0) options.log(`${file}: ${unreadable} unreadable line(s) passed over`)
    return [...rows.values()].sort((a, b) => a.step - b.step)
  }

  return {
    /** All rows by ascending step; none when there is no file. Unreadable lines are passed over with a log line. */
    read: (file: string) => exclusive(file, () => read(file)),
    append: (file: string, rows: Row[]) =>
      exclusive(file, async () => {
        if (rows.length === 0) return
        const first = rows.reduce((least, row) => Math.min(least, row.step), Infinity)
        const last = lastSteps.get(file)
        // Until this append is through, nothing is known of the file's end.
        lastSteps.delete(file)
        if (last !== undefined && first >= last) {
          await appendFile(file, lines(rows))
          lastSteps.set(file, lastStep(rows, last))
          return
        }
        const stored = await read(file)
        const kept = first < lastStep(stored) ? stored.filter((row) => row.step < first) : stored
        await writeAtomic(file, lines([...kept, ...rows]))
        lastSteps.set(file, lastStep(rows, lastStep(kept)))
      }),
    /** Forgets a file that is being deleted. */
    forget: (file: string) => void lastSteps.delete(file),
  }
}

function parseLine<S extends v.GenericSchema>(schema: S, line: string): v.InferOutput<S> | null {
  try {
    return v.parse(schema, JSON.parse(line))
  } catch {
    return null
  }
}
