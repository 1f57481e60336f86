import * as v from 'valibot'
import { idSchema } from './schemas.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** Lengths of a dataset's records in tokens, in bounded room: exact up to {@link EXACT_LENGTHS}, above that in octaves. */
export const lengthsSchema = v.object({
  /** What has a length: a document of running text, a pair in its template, or a text with a label. */
  unit: v.picklist(['documents', 'pairs', 'texts']),
  /** [length, records of that length], ascending, without zeros. */
  exact: v.array(v.tuple([count, count])),
  /** Records of `from` to `to` tokens, both included; `tokens` is their sum. */
  longer: v.array(v.object({ from: count, to: count, records: count, tokens: count })),
  longest: count,
})

const shareOf = v.object({ name: v.string(), count })
const characterCount = v.object({ point: count, count })

export const charactersSchema = v.object({
  total: count,
  distinct: count,
  /** Letters, digits, punctuation, ... the most frequent first, zeros left out. */
  categories: v.array(shareOf),
  /** Scripts of the letters, the most frequent first. */
  scripts: v.array(shareOf),
  frequent: v.array(characterCount),
  /** The rarest first. */
  rarest: v.array(characterCount),
  /** Different characters seen fewer than {@link RARE_BELOW} times. */
  rare: count,
})

export const repeatsSchema = v.object({
  unit: v.picklist(['documents', 'pairs', 'texts', 'lines']),
  /** How many were looked at, and how many of them had come before. */
  seen: count,
  repeated: count,
  /** False where so many are different that only a part of them was remembered: `repeated` is then an estimate. */
  exact: v.boolean(),
  /** The most repeated ones, cut, with how often each came. */
  examples: v.array(v.object({ text: v.string(), times: count })),
})

/** What a dataset looks like under a tokenizer. */
export const statisticsSchema = v.object({
  version: v.literal(1),
  datasetId: idSchema,
  /** Null: counted with GPT-2's tokenizer, because the project has none yet. */
  tokenizerId: v.nullable(idSchema),
  tokenizerName: v.string(),
  vocabSize: count,
  /** Changes when the dataset or the tokenizer does. */
  fingerprint: v.string(),
  createdAt: v.string(),
  /** How much was read; less than all of it makes every count below one of a sample. Bytes of stored records. */
  read: v.object({ bytes: count, totalBytes: count, records: count, totalRecords: count }),
  /** UTF-8 bytes of the texts read, and their tokens with this tokenizer and with GPT-2's; no templates and no end tokens. */
  textBytes: count,
  tokens: count,
  gpt2Tokens: count,
  /** Characters that the vocabulary lacks. */
  unknown: count,
  lengths: lengthsSchema,
  /** How often each token id came. */
  tokenCounts: v.array(count),
  /** The most frequent ones, made visible. */
  topTokens: v.array(v.object({ id: count, label: v.string(), count })),
  characters: charactersSchema,
  repeats: v.array(repeatsSchema),
})

export const statisticsRequestSchema = v.object({ datasetId: idSchema, tokenizerId: v.nullable(idSchema) })

/** Longest length whose records are counted one by one. */
export const EXACT_LENGTHS = 8192
/** A character or token seen fewer times than this is hardly learned. */
export const RARE_BELOW = 10

export type Lengths = v.InferOutput<typeof lengthsSchema>
export type Characters = v.InferOutput<typeof charactersSchema>
export type Repeats = v.InferOutput<typeof repeatsSchema>
export type Statistics = v.InferOutput<typeof statisticsSchema>
