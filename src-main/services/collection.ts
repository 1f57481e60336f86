import { basename } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { idSchema } from '@shared/contract/schemas.ts'
import * as v from 'valibot'
import { readJson, writeJson } from '../fs/json.ts'
import { entries } from '../fs/temps.ts'
import { createMutex } from './mutex.ts'

interface Item {
  id: string
  createdAt: string
}

export interface CollectionOptions<S extends v.GenericSchema<unknown, Item>> {
  schema: S
  /** What one of them is called: "project". */
  noun: string
  folder: string
  /** The JSON file of an item. */
  file: (id: string) => string
  log: (line: string) => void
}

/** Items of one kind, each a JSON file in the data folder, validated whenever it is read. */
export function createCollection<S extends v.GenericSchema<unknown, Item>>(options: CollectionOptions<S>) {
  type T = v.InferOutput<S>
  const exclusive = createMutex()
  const find = (id: string): Promise<T | null> => readJson(options.file(id), options.schema, options.log)

  async function get(id: string): Promise<T> {
    const item = await find(id)
    if (item !== null) return item
    throw new AppError({ code: 'not_found', message: `There is no ${options.noun} ${id}.` })
  }

  return {
    get,
    find,
    /** All that can be read, oldest first. */
    async list(): Promise<T[]> {
      const ids = (await entries(options.folder))
        .map((entry) => basename(entry.name, '.json'))
        .filter((id) => v.is(idSchema, id))
      const items = await Promise.all(ids.map(find))
      return items
        .filter((item): item is NonNullable<typeof item> => item !== null)
        .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id))
    },
    async put(item: T): Promise<T> {
      await exclusive(item.id, () => writeJson(options.file(item.id), item))
      return item
    },
    /** Reads, changes and writes one item with no other change in between. */
    update: (id: string, change: (item: T) => T | Promise<T>): Promise<T> =>
      exclusive(id, async () => {
        const next = await change(await get(id))
        await writeJson(options.file(id), next)
        return next
      }),
    /** Waits for changes under way, then runs `remove`. AppError 'not_found'. */
    remove: (id: string, remove: (item: T) => Promise<void>): Promise<void> =>
      exclusive(id, async () => remove(await get(id))),
  }
}
