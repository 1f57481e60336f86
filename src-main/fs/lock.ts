import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import * as v from 'valibot'
import { isAlive, processStart } from './process-start.ts'
import { entries } from './temps.ts'

const ATTEMPTS = 5

const ownerSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** See {@link processStart}. */
  start: v.nullable(v.string()),
  /** Tells this holding of the lock from every other. */
  token: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/)),
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
  // A person's texts and models are no other user's business.
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'studio.lock')
  const mine: Owner = {
    pid: process.pid,
    start: processStart(process.pid),
    token: randomUUID(),
    since: new Date().toISOString(),
  }
  // Not named as a temp: the studio that has the lock sweeps those.
  const temp = `${file}.new-${mine.token}`
  await writeFile(temp, JSON.stringify(mine))
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await place(temp, file)) return held(folder, file, mine)
      const owner = await readOwner(file)
      if (owner === 'none') continue
      if (owner !== 'unreadable' && isHeld(owner)) throw busy(folder, owner)
      if (await takeOver(file, owner, temp)) return held(folder, file, mine)
    }
    throw new AppError({
      code: 'busy',
      message: `Several copies of Gradus are being started on ${folder} at once.`,
      hint: 'Wait a moment, then start one.',
    })
  } finally {
    await rm(temp, { force: true })
  }
}

const tokenOf = (owner: Owner | 'unreadable' | 'none') => (typeof owner === 'object' ? owner.token : owner)

/**
 * Replaces a stale lock. Whoever wants to must first hold the claim on that very lock, and then find it still in place:
 * so of several that met the same stale lock one replaces it, and none replaces the fresh one that follows.
 */
async function takeOver(file: string, stale: Owner | 'unreadable', temp: string): Promise<boolean> {
  const claim = `${file}.${tokenOf(stale)}`
  if (!(await place(temp, claim))) {
    const claimant = await readOwner(claim)
    // Its process died while it took over.
    if (typeof claimant === 'object' && !isHeld(claimant)) await rm(claim, { force: true })
    return false
  }
  try {
    if (tokenOf(await readOwner(file)) !== tokenOf(stale)) return false
    await rename(temp, file)
    return true
  } finally {
    await rm(claim, { force: true })
  }
}

/** The lock as its holder has it, after sweeping what starters that died on the way left beside it. */
async function held(folder: string, file: string, mine: Owner): Promise<Lock> {
  for (const entry of await entries(folder)) {
    if (!entry.name.startsWith(`${basename(file)}.`)) continue
    const owner = await readOwner(join(folder, entry.name))
    if (typeof owner === 'object' && !isHeld(owner)) await rm(join(folder, entry.name), { force: true })
  }
  return {
    async release() {
      if (tokenOf(await readOwner(file)) === mine.token) await rm(file, { force: true })
    },
  }
}

const busy = (folder: string, owner: Owner) =>
  new AppError({
    code: 'busy',
    message: `Another Gradus (process ${owner.pid}, since ${owner.since}) is using ${folder}.`,
    hint: 'Close that one first, or start this one with another folder: --data-dir DIR.',
    details: { pid: owner.pid, dataDir: folder },
  })
