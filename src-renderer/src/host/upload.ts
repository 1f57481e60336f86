import { routes } from '@shared/contract/api.ts'
import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import type { Source } from '@shared/contract/schemas.ts'
import { call, host } from './client.ts'

interface UploadOptions {
  /** Bytes handed over so far. */
  onProgress?: (bytes: number) => void
  signal?: AbortSignal
  /** False for text made in the page, which has no path that Electron could register. */
  fromDisk?: boolean
}

/**
 * Hands a file to main and resolves to its source. In Electron only its path is registered; elsewhere its bytes go over in parts of
 * at most LIMITS.partBytes, each read from disk when its turn comes. Aborting removes what was already sent.
 */
export async function uploadFile(file: File, options: UploadOptions = {}): Promise<Source> {
  await assertReadable(file)
  if (window.gradus && options.fromDisk !== false) {
    const id = await window.gradus.registerFile(file)
    return { id, name: file.name, bytes: file.size }
  }
  const source = await call('sources.create', { name: file.name, bytes: file.size })
  try {
    for (let offset = 0; offset < file.size; offset += LIMITS.partBytes) {
      const body = file.slice(offset, offset + LIMITS.partBytes)
      const { signal } = options
      await host().send(routes.upload(source.id, offset), { method: 'PUT', body, ...(signal ? { signal } : {}) })
      options.onProgress?.(offset + body.size)
    }
    return source
  } catch (error) {
    // The unfinished source is of no use to anyone; main also clears it at its next start.
    await call('sources.delete', { id: source.id }).catch(() => {})
    if (options.signal?.aborted) throw new AppError({ code: 'cancelled', message: `“${file.name}” was not added.` })
    throw error
  }
}

/** A folder, or a file that went away, fails on its first byte. */
async function assertReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer()
  } catch {
    throw new AppError({
      code: 'io',
      message: `“${file.name}” cannot be read.`,
      hint: 'If it is a folder, choose the files in it. If it is a file, check that it is still there and that you may open it.',
    })
  }
}
