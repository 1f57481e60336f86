import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import {
  tokenizerSchema,
  tokensManifestSchema,
  type Dataset,
  type Job,
  type TokenizerInfo,
  type TokenizerKind,
} from '@shared/contract/schemas.ts'
import { syncFolder, TEMP_PREFIX } from '../fs/atomic.ts'
import { requireSpace } from '../fs/disk.ts'
import { readJson } from '../fs/json.ts'
import type { TokenizerTask } from '../jobs/task.ts'
import { createCollection } from './collection.ts'
import type { Context, SourceService } from './context.ts'
import type { Datasets } from './datasets.ts'
import type { Handlers } from './handlers.ts'
import { newId } from './ids.ts'
import type { Jobs } from './jobs.ts'

const LABELS: Record<TokenizerKind, string> = {
  char: 'Characters tokenizer',
  bpe: 'Own BPE tokenizer',
  gpt2: 'GPT-2 tokenizer',
}

/** Tokenizers on disk: `tokenizers/<id>/` with tokenizer.json and info.json; tokens under the dataset, `tokens/<tokenizer id>/`. */
export function createTokenizers(ctx: Context, datasets: Datasets, jobs: Jobs, sources: SourceService) {
  const { paths } = ctx
  const tokenizers = createCollection({
    schema: tokenizerSchema,
    noun: 'tokenizer',
    folder: paths.tokenizers,
    file: (id) => join(paths.tokenizer(id), 'info.json'),
    log: ctx.log,
  })

  /** Starts the job that makes both folders as temps, which are renamed when they are whole: the tokenizer last, for it is what is listed. */
  async function begin(made: Omit<TokenizerTask, 'datasetFolder' | 'folder' | 'tokensFolder'>): Promise<Job> {
    const { id, dataset } = made
    const folder = join(paths.tokenizers, `${TEMP_PREFIX}${id}`)
    const tokens = paths.tokens(dataset.id, id)
    const tokensFolder = join(dirname(tokens), `${TEMP_PREFIX}${id}`)
    const written = [folder, tokensFolder, tokens]
    for (const path of written) await rm(path, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await mkdir(tokensFolder, { recursive: true })
    return jobs.start<TokenizerTask>({
      task: { ...made, datasetFolder: paths.dataset(dataset.id), folder, tokensFolder },
      label: `${made.file?.name ?? LABELS[made.tokenizer]} for ${dataset.name}`,
      phase: 'Starting',
      datasetIds: [dataset.id],
      async commit() {
        await rename(tokensFolder, tokens)
        await syncFolder(dirname(tokens))
        await rename(folder, paths.tokenizer(id))
        await syncFolder(paths.tokenizers)
      },
      async discard() {
        for (const path of written) await rm(path, { recursive: true, force: true })
      },
    })
  }
  jobs.restartWith('tokenizer', async (task) => begin({ ...task, dataset: await datasets.get(task.dataset.id) }))

  const start = (dataset: Dataset, made: Pick<TokenizerTask, 'tokenizer' | 'vocabSize' | 'file'>): Promise<Job> =>
    begin({ kind: 'tokenizer', id: newId(), dataset, createdAt: new Date().toISOString(), ...made })

  /** The dataset, if a tokenizer can be made for it and its tokens have room. */
  async function readyDataset(datasetId: string, kind: TokenizerKind): Promise<Dataset> {
    const dataset = await datasets.get(datasetId)
    if (dataset.purpose !== 'pretrain') {
      throw new AppError({
        code: 'bad_request',
        message: `${dataset.name} is for finetuning; a tokenizer is made from the text that a model learns from first.`,
        hint: 'Choose the text on the Data page.',
      })
    }
    await requireSpace(ctx.dataDir, tokenBytes(dataset, kind), 'the tokens of this text')
    return dataset
  }

  const handlers: Pick<
    Handlers,
    'tokenizers.list' | 'tokenizers.get' | 'tokenizers.create' | 'tokenizers.import' | 'tokens.manifest'
  > = {
    'tokenizers.list': () => tokenizers.list(),
    'tokenizers.get': ({ id }) => tokenizers.get(id),
    'tokenizers.create': async ({ datasetId, kind, vocabSize }) => {
      const dataset = await readyDataset(datasetId, kind)
      return start(dataset, { tokenizer: kind, vocabSize })
    },
    'tokenizers.import': async ({ datasetId, sourceId }) => {
      const { source, path } = sources.get(sourceId)
      // What kind it is shows when it is read; characters take the most room.
      const dataset = await readyDataset(datasetId, 'char')
      return start(dataset, { tokenizer: 'bpe', vocabSize: 0, file: { path, name: source.name } })
    },
    'tokens.manifest': async ({ datasetId, tokenizerId }) => {
      const file = join(paths.tokens(datasetId, tokenizerId), 'manifest.json')
      const manifest = await readJson(file, tokensManifestSchema, ctx.log)
      if (manifest) return manifest
      throw new AppError({
        code: 'not_found',
        message: 'This text has not been tokenized with this tokenizer.',
        hint: 'Make the tokenizer on the Tokenizer page.',
      })
    },
  }
  return {
    handlers,
    get: (id: string): Promise<TokenizerInfo> => tokenizers.get(id),
    list: (): Promise<TokenizerInfo[]> => tokenizers.list(),
  }
}

/** Most that the shards can take: one 16-bit token a character, or one for two bytes where words are merged. */
const tokenBytes = ({ characters, bytes }: Dataset, kind: TokenizerKind): number =>
  kind === 'char' ? characters * 2 : bytes
