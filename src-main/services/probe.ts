import { open } from 'node:fs/promises'
import { AppError, toErrorData } from '@shared/contract/errors.ts'
import type { Probe, Reading, Source } from '@shared/contract/schemas.ts'
import { sniff } from '@shared/text/sniff.ts'
import { blankProbe, probeFile } from '../jobs/import/probe.ts'
import type { JobRunner } from '../jobs/task.ts'
import type { SourceService } from './context.ts'
import type { Handlers } from './handlers.ts'

/** Longest time that looking at a file may take; a book of a thousand pages takes about a second. */
const LOOK_MS = 30_000
/** A text up to this size is looked at sooner than a thread has begun. */
const SMALL_BYTES = 256 * 1024

/** Looks at a file; what is wrong with it comes in the probe. */
export type Look = (path: string, source: Source, reading: Reading) => Promise<Probe>

/**
 * Looks in a thread, which is ended after `limitMs`: the window must not wait for it, and what has to be opened before there is text is read
 * by libraries that a hostile file can send into endless loops or out of memory. A small text is looked at in place.
 */
export function createLook(run: JobRunner, limitMs = LOOK_MS): Look {
  return async (path, source, reading) => {
    if (source.bytes <= SMALL_BYTES && !(await isContainer(path))) return probeFile(path, source, reading)
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), limitMs)
    try {
      return await run({ kind: 'probe', path, source, reading }, { progress: () => {}, signal: abort.signal })
    } catch (error) {
      return {
        ...blankProbe(source, reading),
        error: abort.signal.aborted ? tooSlow(source.name, limitMs).toData() : toErrorData(error),
      }
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Whether its first bytes are those of a file with text inside; false for a file that cannot be read, which the probe reports. */
async function isContainer(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r')
    try {
      const head = Buffer.alloc(512)
      const { bytesRead } = await handle.read(head, 0, head.length, 0)
      return sniff(head.subarray(0, bytesRead)).container !== undefined
    } finally {
      await handle.close()
    }
  } catch {
    return false
  }
}

const tooSlow = (name: string, ms: number): AppError =>
  new AppError({
    code: 'unsupported',
    message: `${name} could not be looked at within ${ms / 1000} seconds.`,
    hint: 'It may be damaged, or made to be slow. Save its text as a plain text file and choose that.',
  })

export const createProbe = (sources: SourceService, look: Look): Pick<Handlers, 'sources.probe'> => ({
  'sources.probe': async ({ id, ...reading }) => {
    const { source, path } = sources.get(id)
    return look(path, source, reading)
  },
})
