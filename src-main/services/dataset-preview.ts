import { join } from 'node:path'
import type { Output } from '@shared/contract/api.ts'
import { previewRecordSchema, type Dataset, type SplitCounts } from '@shared/contract/schemas.ts'
import * as v from 'valibot'
import { readSlice } from '../jobs/io/part-reader.ts'

const PREVIEW_CHARACTERS = 2000
/** Enough for 2,000 characters of UTF-8. */
const TEXT_BYTES = PREVIEW_CHARACTERS * 4
/** Records longer than this are not parsed for a preview. */
const RECORD_BYTES = 1024 * 1024

const cut = (text: string) =>
  Array.from(text.slice(0, PREVIEW_CHARACTERS * 2))
    .slice(0, PREVIEW_CHARACTERS)
    .join('')

/** Some records of one part, texts cut, by looking only at those. */
export async function previewRecords(
  folder: string,
  dataset: Dataset,
  part: keyof SplitCounts,
  offset: number,
  limit: number,
): Promise<Output<'datasets.preview'>> {
  const total = dataset.records[part]
  const from = Math.max(0, Math.floor(offset))
  const count = Math.min(Math.floor(limit), total - from)
  if (count <= 0) return { total, records: [] }
  const base = join(folder, part)
  if (dataset.purpose === 'pretrain') {
    const texts = await readSlice(base, 'txt', { offset: from, limit: count, maxBytes: TEXT_BYTES })
    return { total, records: texts.map((bytes) => ({ text: cut(bytes.toString()) })) }
  }
  const lines = await readSlice(base, 'jsonl', { offset: from, limit: count, maxBytes: RECORD_BYTES })
  return { total, records: lines.map(parseRecord) }
}

function parseRecord(line: Buffer): Record<string, string> {
  if (line.length === RECORD_BYTES) return { text: cut(line.toString()) }
  const record = v.parse(previewRecordSchema, JSON.parse(line.toString()))
  return Object.fromEntries(Object.entries(record).map(([field, text]) => [field, cut(text)]))
}
