import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import {
  checkpointManifestSchema,
  idSchema,
  type Checkpoint,
  type CheckpointManifest,
} from '@shared/contract/schemas.ts'
import * as v from 'valibot'
import { sha256File } from '../fs/hash.ts'
import { readJson } from '../fs/json.ts'
import { entries, removeFolder } from '../fs/temps.ts'

export const MANIFEST = 'manifest.json'
/** Verified checkpoints that are always kept, beside the best. */
const KEEP_VERIFIED = 2

/** Newest first, by when they were written: a run resumed from an earlier step writes lower steps again. */
const byAge = (a: CheckpointManifest, b: CheckpointManifest) =>
  b.createdAt.localeCompare(a.createdAt) || b.state.step - a.state.step

/** What stands in a run's checkpoints folder. */
export interface Stored {
  /** Newest first. */
  manifests: CheckpointManifest[]
  /** Folders without a manifest that can be read. */
  unreadable: string[]
}

export async function readStored(folder: string, log: (line: string) => void): Promise<Stored> {
  const stored: Stored = { manifests: [], unreadable: [] }
  for (const entry of await entries(folder)) {
    if (!entry.isDirectory() || !v.is(idSchema, entry.name)) continue
    const manifest = await readJson(join(folder, entry.name, MANIFEST), checkpointManifestSchema, log)
    if (manifest?.id === entry.name) stored.manifests.push(manifest)
    else stored.unreadable.push(entry.name)
  }
  stored.manifests.sort(byAge)
  return stored
}

/** The manifest of one checkpoint, all of whose files agree with their hashes. @throws AppError 'not_found', 'corrupt' */
export async function readVerified(
  folder: string,
  id: string,
  log: (line: string) => void,
): Promise<CheckpointManifest> {
  const path = join(folder, id)
  const manifest = await readJson(join(path, MANIFEST), checkpointManifestSchema, log)
  if (manifest?.id !== id) {
    throw new AppError({
      code: 'not_found',
      message: `There is no checkpoint ${id}.`,
      hint: 'It was deleted, or its folder was changed by hand.',
    })
  }
  const reason = await damage(path, manifest)
  if (reason === null) return manifest
  throw new AppError({
    code: 'corrupt',
    message: `Checkpoint ${id} cannot be used: ${reason}.`,
    hint: 'Restore the file from a copy, or choose another model.',
  })
}

/** The best checkpoint that verifies, else the newest that does; null when none does. */
export async function bestVerified(folder: string, log: (line: string) => void): Promise<CheckpointManifest | null> {
  const { manifests } = await readStored(folder, log)
  const best = bestOf(manifests)
  for (const manifest of best ? [best, ...manifests] : manifests) {
    if ((await damage(join(folder, manifest.id), manifest)) === null) return manifest
  }
  return null
}

/** The manifest that holds the best validation loss: each one marked best beat all before it. */
export const bestOf = (manifests: CheckpointManifest[]): CheckpointManifest | undefined =>
  manifests.find((manifest) => manifest.best)

/** Manifests as run.json lists them: oldest first, only the latest best marked as such. */
export const listed = (manifests: CheckpointManifest[]): Checkpoint[] =>
  manifests
    .map((manifest) => ({
      id: manifest.id,
      step: manifest.state.step,
      createdAt: manifest.createdAt,
      bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
      valLoss: manifest.valLoss,
      best: manifest === bestOf(manifests),
    }))
    .reverse()

/** Reads every file of a checkpoint and compares size and hash; null when all agree, else the reason in plain words. */
export async function damage(folder: string, manifest: CheckpointManifest): Promise<string | null> {
  for (const file of manifest.files) {
    const path = join(folder, basename(file.name))
    const size = await stat(path).then(
      (info) => info.size,
      () => null,
    )
    if (size === null) return `${file.name} is missing`
    if (size !== file.bytes) return `${file.name} has ${size} bytes instead of ${file.bytes}`
    if ((await sha256File(path)) !== file.sha256) return `${file.name} has changed on disk since it was saved`
  }
  return null
}

/**
 * Deletes what is neither among the newest two that verify, nor the best, nor one of `pinned`. Nothing is deleted until two have been
 * read back and agree with their hashes. `verified` remembers what was read back already.
 */
export async function prune(
  folder: string,
  verified: Set<string>,
  pinned: ReadonlySet<string>,
  log: (line: string) => void,
): Promise<void> {
  const { manifests } = await readStored(folder, log)
  const best = bestOf(manifests)
  let good = 0
  for (const manifest of manifests) {
    const path = join(folder, manifest.id)
    if (good >= KEEP_VERIFIED) {
      if (manifest === best || pinned.has(manifest.id)) continue
      await removeFolder(path)
      verified.delete(path)
      continue
    }
    const reason = verified.has(path) ? null : await damage(path, manifest)
    if (reason === null) {
      verified.add(path)
      good += 1
    } else {
      log(`checkpoint ${manifest.id} does not verify: ${reason}`)
    }
  }
}
