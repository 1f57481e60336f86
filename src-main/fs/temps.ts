import type { Dirent } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TEMP_PREFIX } from './atomic.ts'

/** Deepest folder of the data layout that can hold a temp: datasets/<id>/tokens/<tokenizer>/. */
const DEEPEST = 4

/** The entries of a folder; none when there is no such folder. */
export async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Removes every half-written file and folder that a killed studio left behind; returns how many. */
export async function removeTemps(folder: string, depth = 0): Promise<number> {
  let removed = 0
  for (const entry of await entries(folder)) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith(TEMP_PREFIX)) {
      await rm(path, { recursive: true, force: true })
      removed += 1
    } else if (entry.isDirectory() && depth < DEEPEST) {
      removed += await removeTemps(path, depth + 1)
    }
  }
  return removed
}

/** Deletes a folder so that a crash half-way leaves a temp, never a folder with some of its files. */
export async function removeFolder(folder: string): Promise<void> {
  const doomed = join(dirname(folder), `${TEMP_PREFIX}${basename(folder)}-${randomBytes(4).toString('hex')}`)
  try {
    await rename(folder, doomed)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await rm(doomed, { recursive: true, force: true })
}
