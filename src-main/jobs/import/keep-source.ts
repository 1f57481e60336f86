import { constants, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { copyFile, link, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { throwIfCancelled } from '../cancel.ts'
import { AppendFile } from '../io/append-file.ts'
import { readBlocks } from '../io/read-blocks.ts'
import { openSource } from '../io/source-text.ts'
import type { ImportFile, JobTools } from '../task.ts'
import { sampleBytes } from './sample.ts'

/** Folder of a dataset that holds its sources, byte for byte, and how each is to be read. */
export const sourcesFolder = (folder: string): string => join(folder, 'sources')

/** What is stored of a file beside its bytes, which lie in the folder under its number. */
export type StoredFile = Omit<ImportFile, 'path' | 'owned' | 'sample'>

/** How the files in a dataset's folder are read; null where none were kept. */
export async function storedFiles(folder: string): Promise<StoredFile[] | null> {
  try {
    return JSON.parse(await readFile(join(sourcesFolder(folder), 'files.json'), 'utf8')) as StoredFile[]
  } catch {
    return null
  }
}

/**
 * Keeps the dataset's own copy of its files, so that it can be made anew after they changed or went; gives them back with the copies' paths.
 * A file that is the studio's own already (an upload, another dataset's copy) is linked, which takes no room; another is copied, where the
 * disk can do it without taking room either. Of a file of which a sample is wanted, only that is kept.
 */
export async function keepSources(files: ImportFile[], folder: string, tools: JobTools): Promise<ImportFile[]> {
  const kept = sourcesFolder(folder)
  mkdirSync(kept)
  const total = files.reduce((sum, file) => sum + wantedBytes(file), 0)
  const copies: ImportFile[] = []
  const stored: StoredFile[] = []
  let done = 0
  for (const [i, file] of files.entries()) {
    const path = join(kept, `${i}`)
    const phase = `Keeping a copy of ${file.name}`
    await keep(file, path, tools.signal, (bytes) =>
      tools.progress({ phase, done: Math.min(total, done + bytes), total, unit: 'bytes' }),
    )
    done += wantedBytes(file)
    const known = storedFile(file, path)
    copies.push({ ...known, path, owned: true })
    stored.push(known)
  }
  writeFileSync(join(kept, 'files.json'), JSON.stringify(stored))
  return copies
}

/** What is to be remembered of a file whose bytes, or the sample of them, now lie at `copy`. */
function storedFile(file: ImportFile, copy: string): StoredFile {
  const stored: Partial<ImportFile> = { ...file, bytes: statSync(copy).size }
  if (file.sample) stored.sampleOf = { of: file.bytes, from: file.sample.from }
  if (!file.owned) stored.original = originalOf(file.path)
  delete stored.path
  delete stored.owned
  delete stored.sample
  return stored as StoredFile
}

/** Bytes that are taken of a file. */
export const wantedBytes = ({ bytes, sample }: ImportFile): number => Math.min(bytes, sample?.bytes ?? bytes)

async function keep(
  file: ImportFile,
  path: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  if (file.owned && !file.sample) {
    try {
      return await link(file.path, path)
    } catch {
      // A disk without links: it is copied.
    }
  }
  // Opened first, for its error names the file.
  const source = await openSource(file.path, file.name)
  try {
    try {
      if (!file.sample)
        return await copyFile(file.path, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)
    } catch {
      // A disk that cannot clone: its bytes are copied.
    }
    const target = new AppendFile(path)
    try {
      for (const bytes of bytesOf(source.fd, file)) {
        throwIfCancelled(signal)
        target.append(bytes)
        onBytes(target.size)
      }
      target.end()
    } finally {
      target.abandon()
    }
  } finally {
    await source.close()
  }
}

/** The bytes of a file, or of the sample that is wanted of it, some at a time; each valid until the next is asked for. */
function bytesOf(source: number, file: ImportFile): Iterable<Uint8Array> {
  const { bytes, sample } = file
  return sample ? sampleBytes(source, bytes, sample, file) : readBlocks(source, 0, Infinity)
}

function originalOf(path: string): ImportFile['original'] {
  const { size, mtimeMs } = statSync(path)
  return { path, bytes: size, mtime: mtimeMs }
}
