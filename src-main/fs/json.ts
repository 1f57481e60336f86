import { readFile, rename } from 'node:fs/promises'
import * as v from 'valibot'
import { writeAtomic } from './atomic.ts'

const missing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Writes a value as readable JSON, atomically. */
export const writeJson = (file: string, value: unknown): Promise<void> =>
  writeAtomic(file, `${JSON.stringify(value, null, 2)}\n`)

/**
 * A JSON file as its schema describes it; null when there is none. A file that is not JSON or does not fit its schema
 * is set aside as `<file>.corrupt` with a log line, and null is returned: one bad file never takes a list down.
 */
export async function readJson<S extends v.GenericSchema>(
  file: string,
  schema: S,
  log: (line: string) => void,
): Promise<v.InferOutput<S> | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (missing(error)) return null
    throw error
  }
  const reason = (() => {
    try {
      const result = v.safeParse(schema, JSON.parse(text))
      if (result.success) return { value: result.output }
      const issue = result.issues[0]
      return `${v.getDotPath(issue) ?? 'value'}: ${issue.message}`
    } catch (error) {
      return (error as Error).message
    }
  })()
  if (typeof reason === 'object') return reason.value
  await rename(file, `${file}.corrupt`)
  log(`${file} could not be read (${reason}); set aside as ${file}.corrupt`)
  return null
}
