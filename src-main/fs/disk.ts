import { statfs } from 'node:fs/promises'
import { AppError } from '@shared/contract/errors.ts'

/** Kept free for run logs and settings, so that a run can still be stopped and described on a full disk. */
const RESERVE_BYTES = 64 * 1024 * 1024

/** Bytes that this user can still write on the disk that holds `folder`. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`

/**
 * Throws 'disk_full' with both numbers when `bytes` more would leave less than the reserve.
 * @param what what is to be written, for the message: "this checkpoint"
 */
export async function requireSpace(
  folder: string,
  bytes: number,
  what: string,
  free: (folder: string) => Promise<number> = freeBytes,
): Promise<void> {
  const available = await free(folder)
  const needed = bytes + RESERVE_BYTES
  if (available >= needed) return
  throw new AppError({
    code: 'disk_full',
    message: `The disk has ${megabytes(available)} free; ${what} needs ${megabytes(needed)}.`,
    hint: 'Free some space (old runs can be deleted on the Runs page), then try again.',
    details: { neededBytes: needed, freeBytes: available },
  })
}
