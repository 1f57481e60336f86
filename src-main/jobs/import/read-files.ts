import type { Build, Edit } from '@shared/contract/cleaning.ts'
import type { Dataset } from '@shared/contract/schemas.ts'
import type { ImportFile, JobTools } from '../task.ts'
import { readFile, type Reading } from './read-file.ts'
import { isProse } from './source-rows.ts'

interface Options extends Pick<Reading, 'purpose' | 'sink' | 'problems'> {
  build: Build
  edits: readonly Edit[]
  /** Bytes after which the reading ends, with what came so far. */
  limit?: number
}

/** Reads files into the sink, one after the other. */
export async function readFiles(
  files: readonly ImportFile[],
  options: Options,
  { signal, progress, guard }: JobTools,
): Promise<{ sources: Dataset['sources']; repaired: number; bytes: number }> {
  const { edits, build, limit = Infinity } = options
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  const sources: Dataset['sources'] = []
  let repaired = 0
  let before = 0
  for (const [number, file] of files.entries()) {
    if (before >= limit) break
    let bytes = 0
    const onBytes = (read: number) => {
      bytes = read
      progress({ phase: `Reading ${file.name}`, done: Math.min(total, before + read), total, unit: 'bytes' })
      return before + read >= limit
    }
    onBytes(0)
    const mine = edits.filter((edit) => edit.file === number)
    const made = await readFile(build.recipe.newlines || !isProse(file) ? file : { ...file, keepLineEnds: true }, {
      ...options,
      number,
      repair: build.repair,
      edits: new Map(mine.map((edit) => [edit.line, edit])),
      signal,
      guard,
      onBytes,
    })
    sources.push(made.source)
    repaired += made.repaired
    before += bytes
  }
  return { sources, repaired, bytes: before }
}
