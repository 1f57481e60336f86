import * as v from 'valibot'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** Steps of the cleaning recipe, in the order in which they run. */
export const CLEANING_STEPS = [
  'newlines',
  'control',
  'unicode',
  'gutenberg',
  'blankLines',
  'labels',
  'exact',
  'near',
] as const
export const cleaningStepSchema = v.picklist(CLEANING_STEPS)

export const recipeSchema = v.object({
  /** CR LF and lone CR become LF. Files of records are always read so. */
  newlines: v.boolean(),
  /** Byte order marks inside the text, control characters and noncharacters are left out. */
  control: v.boolean(),
  /** Unicode normalisation form (UAX #15). */
  unicode: v.picklist(['off', 'nfc', 'nfkc']),
  /** Project Gutenberg's licence before and after a book is left out. */
  gutenberg: v.boolean(),
  /** More than one blank line in a row becomes one. */
  blankLines: v.boolean(),
  /** Spellings of a label to be read as another: {"spam": "Spam"}. */
  labels: v.record(v.string(), v.string()),
  /** Of equal records (of equal paragraphs in running text) only the first is kept. */
  exact: v.boolean(),
  /** Of records (paragraphs) at least this alike only the first is kept. */
  near: v.boolean(),
  /** Jaccard similarity of the sets of five-character pieces. */
  nearThreshold: v.pipe(v.number(), v.minValue(0.5), v.maxValue(1)),
})

export const splitSchema = v.object({
  /** Percent that is kept back for validation. */
  val: v.pipe(v.number(), v.minValue(0.1), v.maxValue(50)),
  /** Percent that is kept back for the test; text for pretraining has none. */
  test: v.pipe(v.number(), v.minValue(0), v.maxValue(50)),
  /** Bytes left out between training and validation where a running text is cut. */
  gap: v.pipe(count, v.maxValue(1024 * 1024)),
  /** Leave out of training what also occurs, exactly or nearly, in validation or test. */
  dropShared: v.boolean(),
})

/** How a dataset is made from its sources: with the same sources and edits, the same bytes come out again. */
export const buildSchema = v.object({
  seed: count,
  recipe: recipeSchema,
  split: splitSchema,
  /** Mend records that are malformed in a way that has one reading (a trailing comma, single quotes, ...). */
  repair: v.boolean(),
  /** Leave out records longer than `LIMITS.longRecord` characters. */
  dropLong: v.boolean(),
})

export const problemKindSchema = v.picklist(['malformed', 'empty', 'too_long', 'duplicate', 'odd', 'label'])

/** What a line of a source is read as instead of what stands there; null leaves it out. */
export const editSchema = v.object({
  /** Number of the file among the dataset's sources, from 0. */
  file: count,
  /** Physical line the record begins on, 1-based. */
  line: v.pipe(count, v.minValue(1)),
  text: v.nullable(v.pipe(v.string(), v.maxLength(64 * 1024))),
})

/** A line of the problems report. */
export const reportedProblemSchema = v.object({
  kind: problemKindSchema,
  file: count,
  line: count,
  reason: v.string(),
  excerpt: v.string(),
  /** The record as it stands in the file, where it can be edited here. */
  text: v.nullable(v.string()),
  /** The text that a repair would make of it. */
  repaired: v.nullable(v.string()),
})

/** What a dataset's making did: kept in dataset.json beside the counts. */
export const madeSchema = v.object({
  build: buildSchema,
  /** Whether the text is running text, cut into training and validation, rather than records. */
  prose: v.boolean(),
  /** What each step changed: line ends, characters, lines, records. Steps that were off are missing. */
  steps: v.array(v.object({ step: cleaningStepSchema, changed: count })),
  /** Problems by kind, and how many of them were left out of the dataset. */
  problems: v.array(v.object({ kind: problemKindSchema, total: count, leftOut: count, repairable: count })),
  /** Records mended by `repair`. */
  repaired: count,
  /** Lines edited by hand. */
  edits: count,
  /** Labels that differ only in case or spaces, with the spelling that most texts have. */
  labelVariants: v.array(v.object({ keep: v.string(), others: v.array(v.string()), texts: count })),
  /** Bytes left out between training and validation. */
  gapBytes: count,
  /** Lines or records left out of training because they occur in validation or test. */
  sharedDropped: count,
  /** SHA-256 of each part's records as they lie on disk. */
  parts: v.array(v.object({ file: v.string(), bytes: count, sha256: v.string() })),
  /** The dataset this one was made from by other choices; null after an import. */
  basedOn: v.nullable(v.string()),
})

export const licenceSchema = v.object({
  /** Empty while unknown. */
  name: v.pipe(v.string(), v.maxLength(200)),
  confirmed: v.boolean(),
})

/** What a recipe does to (the beginning of) a dataset's sources. */
export const recipeTrialSchema = v.object({
  /** Bytes of source text looked at, and in all. */
  bytes: count,
  totalBytes: count,
  /** What each step changes with the recipe; for steps that are off, what it would change. */
  steps: v.array(v.object({ step: cleaningStepSchema, on: v.boolean(), changed: count })),
  /** Pieces of text that change, up to five. `after` null: left out whole, for the reason given. */
  samples: v.array(
    v.object({ before: v.string(), after: v.nullable(v.string()), step: v.nullable(cleaningStepSchema) }),
  ),
})

/** What training shares with the other parts. */
export const leakageSchema = v.object({
  /** 'lines': lines of running text; 'records': whole records. */
  unit: v.picklist(['lines', 'records']),
  /** Of the validation and test parts: how many were compared, and how many of those occur in training as they are. */
  compared: count,
  shared: count,
  /** How many more have a near-duplicate in training, at this similarity. */
  near: count,
  threshold: v.number(),
  /** How many lines or records of training would have to go. */
  inTrain: count,
  /** Whether only the beginning could be compared for near-duplicates. */
  partial: v.boolean(),
  examples: v.array(v.object({ train: v.string(), other: v.string(), similarity: v.number() })),
})

const artifact = v.object({ file: v.string(), bytes: count, sha256: v.string() })

/** Where a dataset comes from and what was done to it; every hash can be computed anew from the stored bytes. */
export const passportSchema = v.object({
  format: v.literal('gradus-dataset-passport'),
  version: v.literal(1),
  id: v.string(),
  name: v.string(),
  purpose: v.string(),
  createdAt: v.string(),
  licence: licenceSchema,
  starter: v.nullable(v.string()),
  sources: v.array(
    v.object({
      ...artifact.entries,
      kind: v.string(),
      encoding: v.string(),
      /** Set when only a sample of the file was taken; `of` is the size of the whole. */
      sample: v.optional(v.object({ of: count, from: v.string() })),
      /** Bytes that were invalid in the encoding, and what was done about them. */
      invalid: v.optional(v.object({ bytes: count, handling: v.string() })),
    }),
  ),
  made: v.nullable(madeSchema),
  counts: v.object({
    records: v.record(v.string(), count),
    characters: count,
    bytes: count,
    lines: count,
    words: count,
    leftOut: count,
    duplicatesDropped: count,
  }),
  tokenizers: v.array(v.object({ name: v.string(), vocabSize: count, sha256: v.string() })),
})

export const passportCheckSchema = v.object({
  /** Files whose hash was computed anew, with what was found; null when the file is missing. */
  files: v.array(v.object({ file: v.string(), expected: v.string(), found: v.nullable(v.string()) })),
  agree: v.boolean(),
})

/** What has become of a file that a dataset was imported from. The dataset itself has a copy of its own. */
export const originalSchema = v.object({
  file: v.string(),
  /** 'unknown': it was handed over through the page, which does not say where it lies, or imported before this was noted. */
  state: v.picklist(['same', 'changed', 'missing', 'unknown']),
  /** In a sentence or two, for 'changed' and 'missing'; else empty. */
  message: v.string(),
})

export type CleaningStep = v.InferOutput<typeof cleaningStepSchema>
export type Recipe = v.InferOutput<typeof recipeSchema>
export type Split = v.InferOutput<typeof splitSchema>
export type Build = v.InferOutput<typeof buildSchema>
export type ProblemKind = v.InferOutput<typeof problemKindSchema>
export type Edit = v.InferOutput<typeof editSchema>
export type ReportedProblem = v.InferOutput<typeof reportedProblemSchema>
export type Made = v.InferOutput<typeof madeSchema>
export type Licence = v.InferOutput<typeof licenceSchema>
export type RecipeTrial = v.InferOutput<typeof recipeTrialSchema>
export type Leakage = v.InferOutput<typeof leakageSchema>
export type Passport = v.InferOutput<typeof passportSchema>
export type PassportCheck = v.InferOutput<typeof passportCheckSchema>
export type Original = v.InferOutput<typeof originalSchema>
