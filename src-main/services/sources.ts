import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import type { Source } from '@shared/contract/schemas.ts'
import { requireSpace } from '../fs/disk.ts'
import { PartFile, type Body } from '../fs/part-file.ts'
import { entries } from '../fs/temps.ts'
import type { Context, SourceService } from './context.ts'
import type { Handlers } from './handlers.ts'
import { newId } from './ids.ts'

interface Entry {
  source: Source
  path: string
  /** Null for a file registered by its path, which is read where it lies. */
  upload: PartFile | null
}

export interface Sources extends SourceService {
  handlers: Pick<Handlers, 'sources.create' | 'sources.delete'>
  /** Registers a file on this machine by its path; the path stays in main. AppError when it is not a readable file. */
  registerPath(path: string): Promise<Source>
  /** Appends one part of an upload; resolves to the size so far. */
  receive(id: string, offset: number, body: Body): Promise<number>
  /** Empties the upload folder but for the files in `keep`: uploads outlive the studio only where interrupted work needs them. */
  recover(keep: readonly string[]): Promise<void>
}

/** Why a path leads to no file, by the system's code. */
const UNREACHABLE: Record<string, [why: string, hint: string]> = {
  ENOENT: ['it is no longer where it was', 'Choose the file again.'],
  ELOOP: ['it is a link that leads back to itself', 'Choose the file that the link was meant for.'],
  ENAMETOOLONG: ['its path is too long for the system', 'Copy it to a folder nearer to the top, and choose it there.'],
  EACCES: [
    'you have no permission for its folder',
    'Change the permissions of the folder, or copy the file elsewhere.',
  ],
}

function notReachable(name: string, code = 'unknown'): AppError {
  const [why, hint] = UNREACHABLE[code] ?? ['the system cannot find it', 'Choose the file again.']
  return new AppError({ code: 'io', message: `${name} cannot be opened: ${why}.`, hint, details: { errno: code } })
}

/** Only the last piece, whichever system's separator the name came with. */
const plainName = (name: string) => name.split(/[\\/]/).at(-1)?.trim() || 'file'

/** The files the person handed over. Only their ids cross the contract. */
export function createSources(ctx: Context): Sources {
  const known = new Map<string, Entry>()

  function entry(id: string): Entry {
    const found = known.get(id)
    if (found) return found
    throw new AppError({
      code: 'not_found',
      message: 'This file is no longer at hand.',
      hint: 'Choose it again: files handed over are kept only until they are imported or the studio closes.',
    })
  }

  async function remove(id: string): Promise<void> {
    const { upload, path } = entry(id)
    known.delete(id)
    if (upload) await rm(path, { force: true })
  }

  return {
    get(id) {
      const { source, path, upload } = entry(id)
      if (upload && upload.size !== source.bytes) {
        throw new AppError({
          code: 'bad_request',
          message: `${source.name}: ${upload.size} of ${source.bytes} bytes have been received so far.`,
          hint: 'Wait until the file is read, or choose it again.',
        })
      }
      return { source, path }
    },
    remove,
    async registerPath(path) {
      const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
        throw notReachable(basename(path), error.code)
      })
      if (!info.isFile()) {
        throw new AppError({
          code: 'unsupported',
          message: `${basename(path)} is ${info.isDirectory() ? 'a folder' : 'a device or pipe'}, not a file.`,
          hint: 'Choose the files in it.',
        })
      }
      const source = { id: newId(), name: basename(path), bytes: info.size }
      known.set(source.id, { source, path, upload: null })
      return source
    },
    receive: (id, offset, body) => {
      const { upload } = entry(id)
      if (!upload)
        throw new AppError({ code: 'bad_request', message: 'This file is read where it lies; nothing is sent.' })
      return upload.append(offset, body)
    },
    async recover(keep) {
      await mkdir(ctx.paths.uploads, { recursive: true })
      for (const { name } of await entries(ctx.paths.uploads)) {
        const path = join(ctx.paths.uploads, name)
        if (!keep.includes(path)) await rm(path, { recursive: true, force: true })
      }
    },
    handlers: {
      async 'sources.create'({ name, bytes }) {
        const source = { id: newId(), name: plainName(name), bytes }
        await requireSpace(ctx.dataDir, bytes, `a copy of ${source.name}`)
        const path = ctx.paths.upload(source.id)
        known.set(source.id, { source, path, upload: await PartFile.create(path, bytes) })
        return source
      },
      async 'sources.delete'({ id }) {
        await remove(id)
        return {}
      },
    },
  }
}
