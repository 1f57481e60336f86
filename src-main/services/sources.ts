import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { sourceSchema, type Source } from '@shared/contract/schemas.ts'
import * as v from 'valibot'
import { requireSpace } from '../fs/disk.ts'
import { readJson, writeJson } from '../fs/json.ts'
import { PartFile, type Body } from '../fs/part-file.ts'
import { entries } from '../fs/temps.ts'
import type { Context, SourceService } from './context.ts'
import type { Handlers } from './handlers.ts'
import { newId } from './ids.ts'

/** What is on disk of a source beside its bytes; its path may lie outside the data folder. */
const noteSchema = v.object({ source: sourceSchema, path: v.string() })

interface Entry extends v.InferOutput<typeof noteSchema> {
  /** While its bytes come in; null for a file registered by its path, which is read where it lies, and for an upload of an earlier session. */
  upload: PartFile | null
}

export interface Sources extends SourceService {
  handlers: Pick<Handlers, 'sources.create' | 'sources.delete'>
  /** Registers a file on this machine by its path; the path stays in main. AppError when it is not a readable file. */
  registerPath(path: string): Promise<Source>
  /** Appends one part of an upload; resolves to the size so far. */
  receive(id: string, offset: number, body: Body): Promise<number>
  /**
   * Takes up the sources of earlier sessions that still wait for their import, and removes the others; resolves to the ids of those taken
   * up. Files at `inUse` belong to work that was cut off: they stay, but wait no longer.
   */
  recover(waiting: Iterable<string>, inUse: ReadonlySet<string>): Promise<Set<string>>
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
      hint: 'Choose it again: files handed over are kept only until they are imported.',
    })
  }

  async function add(source: Source, path: string, upload: PartFile | null): Promise<Source> {
    known.set(source.id, { source, path, upload })
    await writeJson(ctx.paths.sourceNote(source.id), { source, path })
    return source
  }

  async function remove(id: string): Promise<void> {
    const { path } = entry(id)
    known.delete(id)
    await rm(ctx.paths.sourceNote(id), { force: true })
    if (path === ctx.paths.upload(id)) await rm(path, { force: true })
  }

  /** A source of an earlier session; null where its upload never became whole. A file that lies elsewhere is looked at when it is read. */
  async function noted(id: string): Promise<Entry | null> {
    const note = await readJson(ctx.paths.sourceNote(id), noteSchema, ctx.log)
    if (!note) return null
    const { source, path } = note
    const size = await stat(path).then(
      (info) => info.size,
      () => null,
    )
    if (path === ctx.paths.upload(id)) return size === source.bytes ? { source, path, upload: null } : null
    return { source: { ...source, bytes: size ?? source.bytes }, path, upload: null }
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
      return add({ id: newId(), name: basename(path), bytes: info.size }, path, null)
    },
    receive: (id, offset, body) => {
      const { upload } = entry(id)
      if (!upload)
        throw new AppError({ code: 'bad_request', message: 'This file is read where it lies; nothing is sent.' })
      return upload.append(offset, body)
    },
    async recover(waiting, inUse) {
      await mkdir(ctx.paths.uploads, { recursive: true })
      const keep = new Set(inUse)
      for (const id of waiting) {
        const found = await noted(id)
        if (!found || inUse.has(found.path)) continue
        known.set(id, found)
        keep.add(found.path).add(ctx.paths.sourceNote(id))
      }
      for (const { name } of await entries(ctx.paths.uploads)) {
        const path = join(ctx.paths.uploads, name)
        if (!keep.has(path)) await rm(path, { recursive: true, force: true })
      }
      return new Set(known.keys())
    },
    handlers: {
      async 'sources.create'({ name, bytes }) {
        const source = { id: newId(), name: plainName(name), bytes }
        await requireSpace(ctx.dataDir, bytes, `a copy of ${source.name}`)
        const path = ctx.paths.upload(source.id)
        return add(source, path, await PartFile.create(path, bytes))
      },
      async 'sources.delete'({ id }) {
        await remove(id)
        return {}
      },
    },
  }
}
