import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { idSchema } from '@shared/contract/schemas.ts'
import * as v from 'valibot'

/** Names of files inside a dataset, tokenizer, run or checkpoint folder: no separators, no leading dot. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/

/** The id itself when it has an id's form; nothing else ever becomes part of a path. */
function checkedId(id: string): string {
  if (v.is(idSchema, id)) return id
  throw new AppError({ code: 'bad_request', message: `“${id}” is not an id.` })
}

/** The file name itself when it is a plain one (letters, digits, dot, dash, underscore). */
export function checkedName(name: string): string {
  if (FILE_NAME.test(name)) return name
  throw new AppError({ code: 'bad_request', message: `“${name}” is not a file name of the studio.` })
}

/**
 * Where everything lies in the data folder. Every part of a path that comes from outside is an id or a plain file name
 * and is checked here, so no path can leave the folder.
 */
export function createPaths(dataDir: string) {
  const under = (folder: string) => (id: string) => join(dataDir, folder, checkedId(id))
  const dataset = under('datasets')
  const tokenizer = under('tokenizers')
  const run = under('runs')
  return {
    settings: join(dataDir, 'settings.json'),
    desk: join(dataDir, 'desk.json'),
    tuning: join(dataDir, 'tuning.json'),
    projects: join(dataDir, 'projects'),
    project: (id: string) => join(dataDir, 'projects', `${checkedId(id)}.json`),
    datasets: join(dataDir, 'datasets'),
    dataset,
    /** Records of one part, one JSON object a line. */
    records: (id: string, part: 'train' | 'val' | 'test') => join(dataset(id), `${part}.jsonl`),
    /** Shards and manifest of a dataset under one tokenizer. */
    tokens: (datasetId: string, tokenizerId: string) => join(dataset(datasetId), 'tokens', checkedId(tokenizerId)),
    shard: (datasetId: string, tokenizerId: string, file: string) =>
      join(dataset(datasetId), 'tokens', checkedId(tokenizerId), checkedName(file)),
    tokenizers: join(dataDir, 'tokenizers'),
    tokenizer,
    /** Hugging Face tokenizer.json. */
    tokenizerJson: (id: string) => join(tokenizer(id), 'tokenizer.json'),
    runs: join(dataDir, 'runs'),
    run,
    checkpoints: (runId: string) => join(run(runId), 'checkpoints'),
    checkpoint: (runId: string, id: string) => join(run(runId), 'checkpoints', checkedId(id)),
    chats: join(dataDir, 'chats'),
    chat: (id: string) => join(dataDir, 'chats', `${checkedId(id)}.json`),
    uploads: join(dataDir, 'uploads'),
    upload: (id: string) => join(dataDir, 'uploads', checkedId(id)),
    /** What is to be known of a file handed over beside its bytes. */
    sourceNote: (id: string) => join(dataDir, 'uploads', `${checkedId(id)}.json`),
  } as const
}

export type Paths = ReturnType<typeof createPaths>
