import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Passport, PassportCheck } from '@shared/contract/cleaning.ts'
import { AppError } from '@shared/contract/errors.ts'
import type { Dataset, TokenizerInfo } from '@shared/contract/schemas.ts'
import { starters } from '@shared/starter/index.ts'
import { hashFile } from '../jobs/import/hash-parts.ts'
import { sourcesFolder, storedFiles } from '../jobs/import/keep-source.ts'
import type { Context, SourceService } from './context.ts'
import type { Datasets } from './datasets.ts'
import type { Handlers } from './handlers.ts'
import { comparedOriginal, originalState } from './originals.ts'

/** The licence of a dataset until a person sets one: a starter set's own, else unknown. */
export function licenceOf(dataset: Pick<Dataset, 'starter' | 'licence'>): Passport['licence'] {
  const starter = starters.find((one) => one.id === dataset.starter)
  return dataset.licence ?? (starter ? { name: starter.licence, confirmed: true } : { name: '', confirmed: false })
}

/** Where datasets come from and what was done to them. */
export function createPassports(
  ctx: Context,
  datasets: Datasets,
  tokenizers: () => Promise<TokenizerInfo[]>,
  handedOver: Pick<SourceService, 'get'>,
): Pick<
  Handlers,
  'datasets.setLicence' | 'datasets.passport' | 'datasets.verify' | 'datasets.originals' | 'datasets.compareOriginal'
> {
  const { paths } = ctx
  const madeFor = async (id: string) => (await tokenizers()).filter(({ datasetId }) => datasetId === id)

  async function passportOf(dataset: Dataset): Promise<Passport> {
    const { id, name, purpose, createdAt, starter, records, characters, bytes, lines, words } = dataset
    return {
      format: 'gradus-dataset-passport',
      version: 1,
      id,
      name,
      purpose,
      createdAt,
      licence: licenceOf(dataset),
      starter,
      sources: dataset.sources.map(({ name: file, bytes: size, sha256, kind, encoding, sample, invalid }) => ({
        file,
        bytes: size,
        sha256,
        kind,
        encoding,
        ...(sample ? { sample } : {}),
        ...(invalid ? { invalid } : {}),
      })),
      made: dataset.made ?? null,
      counts: {
        records,
        characters,
        bytes,
        lines,
        words,
        leftOut: dataset.problems.total,
        duplicatesDropped: dataset.duplicatesDropped,
      },
      tokenizers: (await madeFor(id)).map(({ name: tokenizer, vocabSize, sha256 }) => ({
        name: tokenizer,
        vocabSize,
        sha256,
      })),
    }
  }

  async function verify(dataset: Dataset): Promise<PassportCheck> {
    const folder = paths.dataset(dataset.id)
    const stored = [
      ...dataset.sources.map(({ name, sha256 }, i) => ({
        file: name,
        path: join(sourcesFolder(folder), `${i}`),
        expected: sha256,
      })),
      ...(dataset.made?.parts ?? []).map(({ file, sha256 }) => ({ file, path: join(folder, file), expected: sha256 })),
      ...(await madeFor(dataset.id)).map(({ id, name, sha256 }) => ({
        file: `${name}: tokenizer.json`,
        path: paths.tokenizerJson(id),
        expected: sha256,
      })),
    ]
    const files: PassportCheck['files'] = []
    for (const { file, path, expected } of stored) {
      files.push({ file, expected, found: existsSync(path) ? (await hashFile(path)).sha256 : null })
    }
    return { files, agree: files.every(({ expected, found }) => expected === found) }
  }

  return {
    'datasets.setLicence': ({ id, licence }) =>
      datasets.update(id, (dataset) => ({
        ...dataset,
        licence: { name: licence.name.trim(), confirmed: licence.confirmed && licence.name.trim() !== '' },
      })),
    'datasets.passport': async ({ id }) => passportOf(await datasets.get(id)),
    'datasets.verify': async ({ id }) => verify(await datasets.get(id)),
    'datasets.originals': async ({ id }) => {
      const { sources } = await datasets.get(id)
      const stored = await storedFiles(paths.dataset(id))
      return Promise.all(sources.map((source, i) => originalState(source, stored?.[i]?.original)))
    },
    'datasets.compareOriginal': async ({ id, file, sourceId }) => {
      const dataset = await datasets.get(id)
      const source = dataset.sources[file]
      if (!source) throw new AppError({ code: 'not_found', message: `${dataset.name} has no file number ${file + 1}.` })
      const { source: now, path } = handedOver.get(sourceId)
      return comparedOriginal(source, { ...now, path })
    },
  }
}
