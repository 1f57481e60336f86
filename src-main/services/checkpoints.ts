import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ParsedInput } from '@shared/contract/api.ts'
import { AppError } from '@shared/contract/errors.ts'
import type { CheckpointManifest } from '@shared/contract/schemas.ts'
import { syncFile, syncFolder, TEMP_PREFIX } from '../fs/atomic.ts'
import { freeBytes, requireSpace } from '../fs/disk.ts'
import { writeJson } from '../fs/json.ts'
import { PartFile, type Body } from '../fs/part-file.ts'
import { checkedName } from '../fs/paths.ts'
import { bestOf, damage, listed, MANIFEST, prune, readStored, readVerified } from './checkpoint-store.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { createMutex } from './mutex.ts'
import type { Runs } from './runs.ts'

/** Files of one checkpoint: weights, moments, and room for what later kinds of training add. */
const MAX_FILES = 8

interface OpenCheckpoint {
  runId: string
  id: string
  folder: string
  files: Map<string, Promise<PartFile>>
}

const manifestOf = (
  input: ParsedInput<'checkpoints.commit'>,
  parts: { name: string; part: PartFile }[],
): CheckpointManifest => ({
  version: 1,
  id: input.id,
  runId: input.runId,
  createdAt: new Date().toISOString(),
  state: input.state,
  valLoss: input.valLoss,
  best: input.best,
  files: parts.map(({ name, part }) => ({ name, bytes: part.size, sha256: part.sha256() })),
})

/**
 * Checkpoints by a commit protocol: parts go into a temporary folder, hashed as they come; commit flushes them, writes the
 * manifest last, renames the folder and flushes its parent. So a folder with an id's name is always whole.
 */
export function createCheckpoints(ctx: Context, runs: Runs, free: (folder: string) => Promise<number> = freeBytes) {
  const { paths, log } = ctx
  const exclusive = createMutex()
  /** By run: one is written at a time. */
  const open = new Map<string, OpenCheckpoint>()
  const verified = new Set<string>()

  function opened(runId: string, id: string): OpenCheckpoint {
    const found = open.get(runId)
    if (found?.id === id) return found
    throw new AppError({ code: 'not_found', message: `No checkpoint ${id} is open.`, hint: 'Begin it again.' })
  }

  async function discard(runId: string): Promise<void> {
    const found = open.get(runId)
    open.delete(runId)
    if (found) await rm(found.folder, { recursive: true, force: true })
  }

  async function begin({ runId, step, bytes }: ParsedInput<'checkpoints.begin'>): Promise<{ id: string }> {
    await runs.get(runId)
    // A page that was reloaded while it saved leaves one open.
    await discard(runId)
    await mkdir(paths.checkpoints(runId), { recursive: true })
    await requireSpace(ctx.dataDir, bytes, 'this checkpoint', free)
    const id = `${String(step).padStart(8, '0')}-${randomBytes(4).toString('hex')}`
    const folder = join(paths.checkpoints(runId), `${TEMP_PREFIX}${id}`)
    await mkdir(folder)
    open.set(runId, { runId, id, folder, files: new Map() })
    return { id }
  }

  async function receive(runId: string, id: string, name: string, offset: number, body: Body): Promise<number> {
    const { files, folder } = opened(runId, id)
    let file = files.get(checkedName(name))
    if (!file) {
      if (name === MANIFEST || files.size >= MAX_FILES) {
        throw new AppError({ code: 'bad_request', message: `A checkpoint takes no file ${name}.` })
      }
      file = PartFile.create(join(folder, name), Number.MAX_SAFE_INTEGER)
      files.set(name, file)
    }
    return (await file).append(offset, body)
  }

  async function commit(input: ParsedInput<'checkpoints.commit'>): Promise<CheckpointManifest> {
    const { runId, id } = input
    const { folder, files } = opened(runId, id)
    const parts = await Promise.all([...files].map(async ([name, part]) => ({ name, part: await part })))
    checkComplete(input, parts)
    const manifest = manifestOf(input, parts)
    for (const { part } of parts) await syncFile(part.path)
    await writeJson(join(folder, MANIFEST), manifest)
    await rename(folder, paths.checkpoint(runId, id))
    open.delete(runId)
    await syncFolder(paths.checkpoints(runId))
    await prune(paths.checkpoints(runId), verified, await pinned(runId), log)
    await refresh(runId)
    return manifest
  }

  /** Those that the adapters of other runs belong to. */
  async function pinned(runId: string): Promise<Set<string>> {
    const children = (await runs.list()).filter((run) => run.baseRunId === runId)
    return new Set(children.flatMap(({ baseCheckpointId }) => baseCheckpointId ?? []))
  }

  /** Brings the list in run.json into line with what is on disk. */
  async function refresh(runId: string): Promise<void> {
    const { manifests } = await readStored(paths.checkpoints(runId), log)
    await runs.setCheckpoints(runId, listed(manifests))
  }

  async function latest({ runId, prefer }: ParsedInput<'checkpoints.latest'>) {
    await runs.get(runId)
    const { manifests, unreadable } = await readStored(paths.checkpoints(runId), log)
    const best = prefer === 'best' ? bestOf(manifests) : undefined
    const candidates = best ? [best, ...manifests.filter((manifest) => manifest !== best)] : manifests
    const skipped = unreadable.map((id) => ({ id, reason: 'its manifest is missing or cannot be read' }))
    for (const manifest of candidates) {
      const reason = await damage(paths.checkpoint(runId, manifest.id), manifest)
      if (reason === null) return { manifest, skipped }
      log(`checkpoint ${manifest.id} passed over: ${reason}`)
      skipped.push({ id: manifest.id, reason })
    }
    return { manifest: null, skipped }
  }

  const handlers: Pick<Handlers, Extract<keyof Handlers, `checkpoints.${string}`>> = {
    'checkpoints.begin': (input) => exclusive(input.runId, () => begin(input)),
    'checkpoints.commit': (input) => runs.asOne(exclusive(input.runId, () => commit(input))),
    'checkpoints.abort': ({ runId, id }) =>
      exclusive(runId, async () => {
        if (open.get(runId)?.id === id) await discard(runId)
        return {}
      }),
    'checkpoints.latest': (input) => exclusive(input.runId, () => latest(input)),
    'checkpoints.get': ({ runId, id }) => exclusive(runId, () => readVerified(paths.checkpoints(runId), id, log)),
  }

  return {
    handlers,
    /** One part of one file; resolves to the file's size so far. */
    receive,
    /** After temps were removed: run.json lists exactly what is on disk, whatever a crash left half done. */
    async recover(): Promise<void> {
      for (const run of await runs.list()) {
        const { manifests } = await readStored(paths.checkpoints(run.id), log)
        const onDisk = listed(manifests)
        if (JSON.stringify(onDisk) !== JSON.stringify(run.checkpoints)) await runs.setCheckpoints(run.id, onDisk)
      }
    },
  }
}

export type Checkpoints = ReturnType<typeof createCheckpoints>

/** Every file that the writer lists must have come whole, and no other. */
function checkComplete(input: ParsedInput<'checkpoints.commit'>, parts: { name: string; part: PartFile }[]): void {
  const received = new Map(parts.map(({ name, part }) => [name, part.size]))
  const wrong = input.files.find(({ name, bytes }) => received.get(name) !== bytes)
  if (!wrong && input.files.length === received.size && received.size > 0) return
  throw new AppError({
    code: 'bad_request',
    message: wrong
      ? `${wrong.name}: ${received.get(wrong.name) ?? 0} of ${wrong.bytes} bytes have come.`
      : 'The files listed are not those that were sent.',
    hint: 'Send the missing parts, then commit again.',
  })
}
