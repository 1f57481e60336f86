import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import * as v from 'valibot'
import { TEMP_PREFIX } from './atomic.ts'
import { isAlive, processStart } from './process-start.ts'

const ATTEMPTS = 5

const ownerSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** See {@link processStart}. */
  start: v.nullable(v.string()),
  /** Tells this holding of the lock from every other. */
  token: v.string(),
  since: v.string(),
})
type Owner = v.InferOutput<typeof ownerSchema>

export interface Lock {
  release(): Promise<void>
}

/** Puts a finished file in place unless something is there: the lock is never seen half written. */
async function place(temp: string, file: string): Promise<boolean> {
  try {
    await link(temp, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
  }
  // File systems without hard links (exFAT).
  try {
    await copyFile(temp, file, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function readOwner(file: string): Promise<Owner | 'unreadable' | 'none'> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none'
    throw error
  }
  try {
    return v.parse(ownerSchema, JSON.parse(text))
  } catch {
    return 'unreadable'
  }
}

const isHeld = (owner: Owner) => isAlive(owner.pid) && (owner.start === null || owner.start === processStart(owner.pid))

/**
 * Takes the data folder for this process: one studio per folder. A lock left by a process that is gone (or whose id
 * another process has now) is taken over. AppError 'busy', naming the process, while another studio holds it.
 */
export async function lockFolder(folder: string): Promise<Lock> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'studio.lock')
  const mine: Owner = {
    pid: process.pid,
    start: processStart(process.pid),
    token: randomUUID(),
    since: new Date().toISOString(),
  }
  const temp = join(folder, `${TEMP_PREFIX}lock-${mine.token}`)
  const aside = `${temp}-stale`
  await writeFile(temp, JSON.stringify(mine))
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await place(temp, file)) return { release: () => release(file, mine) }
      const owner = await readOwner(file)
      if (owner === 'none') continue
      if (owner !== 'unreadable' && isHeld(owner)) throw busy(folder, owner)
      // Moved, not deleted: of two processes that find the same stale lock, only one can move it.
      if (!(await moved(file, aside))) continue
      const taken = await readOwner(aside)
      if (typeof taken === 'object' && isHeld(taken)) {
        // Another process took over in between, and this one moved its fresh lock away: put it back.
        await place(aside, file)
        throw busy(folder, taken)
      }
    }
    throw new AppError({ code: 'busy', message: `The lock of ${folder} could not be taken.`, hint: 'Try again.' })
  } finally {
    await rm(temp, { force: true })
    await rm(aside, { force: true })
  }
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function release(file: string, mine: Owner): Promise<void> {
  const owner = await readOwner(file)
  if (typeof owner === 'object' && owner.token === mine.token) await rm(file, { force: true })
}

const busy = (folder: string, owner: Owner) =>
  new AppError({
    code: 'busy',
    message: `Another Gradus (process ${owner.pid}, since ${owner.since}) is using ${folder}.`,
    hint: 'Close that one first, or start this one with another folder: --data-dir DIR.',
    details: { pid: owner.pid, dataDir: folder },
  })
