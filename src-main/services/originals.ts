import { stat } from 'node:fs/promises'
import type { Original } from '@shared/contract/cleaning.ts'
import type { Dataset } from '@shared/contract/schemas.ts'
import { hashFile } from '../jobs/import/hash-parts.ts'
import type { ImportFile } from '../jobs/task.ts'

const OWN_COPY = 'The dataset has a copy of its own and stays as it is.'

/**
 * What has become of a file that was imported: its size and time of change tell, and where only the time differs its hash. Of a sample the
 * whole file's hash is not known, so a later time counts as a change.
 */
export async function originalState(
  { name: file, sha256, sample }: Dataset['sources'][number],
  original: ImportFile['original'],
): Promise<Original> {
  if (!original) return { file, state: 'unknown', message: '' }
  const now = await stat(original.path).catch(() => null)
  if (!now?.isFile()) {
    return {
      file,
      state: 'missing',
      message: `${file} is no longer where it was imported from (${original.path}). ${OWN_COPY}`,
    }
  }
  const changed = (how: string): Original => ({
    file,
    state: 'changed',
    message: `${file} has changed since it was imported: ${how}. ${OWN_COPY} Import the file again to use what is in it now.`,
  })
  if (now.size !== original.bytes) {
    return changed(`it had ${bytesText(original.bytes)} and now has ${bytesText(now.size)}`)
  }
  if (now.mtimeMs === original.mtime) return { file, state: 'same', message: '' }
  const when = new Date(now.mtimeMs).toISOString().slice(0, 16).replace('T', ' ')
  if (sample) return changed(`it was written to at ${when} UTC`)
  const found = await hashFile(original.path).catch(() => null)
  if (found === null)
    return { file, state: 'missing', message: `${file} can no longer be read (${original.path}). ${OWN_COPY}` }
  if (found.sha256 === sha256) return { file, state: 'same', message: '' }
  return changed(`its SHA-256 is ${found.sha256.slice(0, 12)}…, not ${sha256.slice(0, 12)}…`)
}

/** The same where it is not known where the file lies, with one that was handed over as what it is now. */
export async function comparedOriginal(
  { name: file, bytes, sha256, sample }: Dataset['sources'][number],
  now: { name: string; bytes: number; path: string },
): Promise<Original> {
  const was = sample?.of ?? bytes
  const changed = (how: string): Original => ({
    file,
    state: 'changed',
    message: `${now.name} differs from what was imported: ${how}. ${OWN_COPY} Import the file again to use what is in it now.`,
  })
  if (now.bytes !== was) return changed(`it had ${bytesText(was)}, this one has ${bytesText(now.bytes)}`)
  if (sample) return { file, state: 'unknown', message: `It has its old size; of a sample no more is known.` }
  const found = await hashFile(now.path)
  if (found.sha256 === sha256) return { file, state: 'same', message: '' }
  return changed(`its SHA-256 is ${found.sha256.slice(0, 12)}…, not ${sha256.slice(0, 12)}…`)
}

const bytesText = (bytes: number): string => `${bytes.toLocaleString('en-US')} bytes`
