import * as v from 'valibot'
import { gptConfigSchema } from '../model/config.ts'
import { trainableChoiceSchema } from '../model/trainable-choice.ts'
import { licenceSchema, madeSchema } from './cleaning.ts'
import { appErrorSchema } from './errors.ts'

/** Ids are made by main: lower-case letters, digits and dashes. Nothing else ever becomes part of a path. */
export const idSchema = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'not an id'))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const isoTime = v.string()
const nullable = <T extends v.GenericSchema>(schema: T) => v.nullable(schema)

// ---------------------------------------------------------------------------------------------- app and settings

export const settingsSchema = v.object({
  theme: v.picklist(['system', 'light', 'dark']),
  backend: v.picklist(['auto', 'webgpu', 'cpu']),
  /** Threads of the CPU backend; null for the number that suits the machine. */
  cpuThreads: v.optional(nullable(v.pipe(count, v.minValue(1), v.maxValue(1024))), null),
})

/** Choices of the engine for one adapter, told apart by its name, driver and browser; only the engine reads the text. */
export const tuningSchema = v.object({
  adapter: v.pipe(v.string(), v.maxLength(1000)),
  text: v.pipe(v.string(), v.maxLength(100_000)),
})

export const appInfoSchema = v.object({
  version: v.string(),
  host: v.picklist(['web', 'electron']),
  platform: v.string(),
  dataDir: v.string(),
  /** Of the processor, as far as this studio may use them. */
  physicalCores: count,
  totalMemoryBytes: count,
  freeDiskBytes: count,
})

// ---------------------------------------------------------------------------------------------- projects

export const projectSchema = v.object({
  id: idSchema,
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(120)),
  createdAt: isoTime,
  updatedAt: isoTime,
  datasetId: nullable(idSchema),
  tokenizerId: nullable(idSchema),
  /** The preset the architecture came from, or 'custom'. */
  preset: nullable(v.string()),
  model: nullable(gptConfigSchema),
  pretrainRunId: nullable(idSchema),
  instructDatasetId: nullable(idSchema),
  instructRunId: nullable(idSchema),
  classifyDatasetId: nullable(idSchema),
  classifyRunId: nullable(idSchema),
})

const projectPatchSchema = v.partial(v.omit(projectSchema, ['id', 'createdAt', 'updatedAt']))

// ---------------------------------------------------------------------------------------------- sources and datasets

export const fileKindSchema = v.picklist([
  'text',
  'markdown',
  'csv',
  'tsv',
  'json',
  'jsonl',
  'html',
  'docx',
  'epub',
  'pdf',
  'parquet',
])
/** Encodings of the WHATWG standard under the labels that `TextDecoder` knows, the Unicode ones first. */
export const encodingSchema = v.picklist([
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-7',
  'iso-8859-8',
  'iso-8859-15',
  'koi8-r',
  'koi8-u',
  'ibm866',
  'macintosh',
  'windows-874',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'euc-kr',
])
/** What becomes of bytes that are invalid in a file's encoding: it is refused, or U+FFFD stands for them, or their lines are left out. */
export const invalidBytesSchema = v.picklist(['refuse', 'replace', 'drop-lines'])
export const purposeSchema = v.picklist(['pretrain', 'instruct', 'classify'])
/** What a column or key of a record is used for. */
export const roleSchema = v.picklist([
  'text',
  'label',
  'instruction',
  'input',
  'output',
  /** A whole chat: a list of messages, each with who speaks and what is said. */
  'messages',
  /** Several inputs with their outputs under one instruction. */
  'instances',
  'ignore',
])

/** A file the person handed over: uploaded (web) or registered by path (Electron). Only this id crosses the contract. */
export const sourceSchema = v.object({ id: idSchema, name: v.string(), bytes: count })

/** How a file is to be read, as far as the person decided it; what is missing is told from its content. */
export const readingSchema = v.partial(
  v.object({
    encoding: encodingSchema,
    kind: fileKindSchema,
    /** One character between the cells of a table. */
    delimiter: v.pipe(v.string(), v.length(1)),
    hasHeader: v.boolean(),
    invalid: invalidBytesSchema,
  }),
)

/**
 * How a sample is taken of a huge file: its first bytes, or pieces from evenly spread places (the first of them the beginning, for its
 * column names). Cut at line ends, so it may be a little smaller than asked for.
 */
export const sampleFromSchema = v.picklist(['start', 'spread'])

export const problemSchema = v.object({
  file: v.string(),
  /** Physical line number, 1-based. */
  line: count,
  reason: v.string(),
  excerpt: v.string(),
})

export const probeSchema = v.object({
  source: sourceSchema,
  /** Set when the file cannot be used at all; the rest is then meaningless. */
  error: v.optional(appErrorSchema),
  kind: fileKindSchema,
  /** Whether the file is compressed; everything else here is about what is inside. */
  gzip: v.boolean(),
  encoding: encodingSchema,
  /** How the encoding was found, in words; empty for documents that say it themselves. */
  encodingFound: v.string(),
  /** Up to three lines that would look wrong in a wrong encoding. */
  encodingSamples: v.array(v.object({ line: count, text: v.string() })),
  /** Bytes that are invalid in `encoding`, and the line of the first; null when none were seen. */
  invalid: nullable(v.object({ bytes: count, line: count, handling: invalidBytesSchema })),
  /** Something to know before using the file, e.g. of the quality of a PDF's text; empty when there is nothing. */
  note: v.string(),
  /** Size of running text: counted, or (not `exact`) told from its first MiB. Null for records and documents. */
  size: nullable(v.object({ characters: count, lines: count, exact: v.boolean() })),
  /** First lines of a text file (at most 40 lines of at most 400 characters). */
  previewLines: v.array(v.string()),
  /** For records: column names or keys, in order ("column 1", ... when a CSV has no header). */
  columns: v.array(v.string()),
  hasHeader: v.boolean(),
  delimiter: v.string(),
  /** First records as cells, in the order of `columns` (at most 20). */
  sampleRows: v.array(v.array(v.string())),
  /** Rows looked at, the whole file or its beginning, and those of them that cannot be read. Null for running text. */
  rows: nullable(
    v.object({
      count,
      whole: v.boolean(),
      bad: count,
      problems: v.array(v.object({ line: count, reason: v.string() })),
    }),
  ),
  /** Suggested role per column. */
  roles: v.record(v.string(), roleSchema),
  /** The purpose the columns suggest. */
  suggestedPurpose: purposeSchema,
  /** Name of the convention recognised ("Alpaca", "text + label", "plain text", ...). */
  detected: v.string(),
})

export const splitCountsSchema = v.object({ train: count, val: count, test: count })

export const datasetSchema = v.object({
  id: idSchema,
  name: v.string(),
  purpose: purposeSchema,
  status: v.picklist(['importing', 'ready', 'failed']),
  error: v.optional(appErrorSchema),
  createdAt: isoTime,
  /** Set for a starter set: its generator's name. */
  starter: nullable(v.string()),
  sources: v.array(
    v.object({
      name: v.string(),
      bytes: count,
      sha256: v.string(),
      kind: fileKindSchema,
      encoding: encodingSchema,
      /** Bytes that were invalid in the encoding, and what was done about them. */
      invalid: v.optional(v.object({ bytes: count, handling: invalidBytesSchema })),
      /** Set when only a sample was taken: `bytes` and `sha256` above are the sample's, `of` is the size of the whole file. */
      sample: v.optional(v.object({ of: count, from: sampleFromSchema })),
    }),
  ),
  /** Documents (pretrain), pairs (instruct) or labelled texts (classify). */
  records: splitCountsSchema,
  characters: count,
  bytes: count,
  lines: count,
  words: count,
  /** Bytes of UTF-8 text per part (pretrain only). */
  textBytes: splitCountsSchema,
  seed: count,
  /** For classify: labels in id order, with the number of texts per part. */
  classes: v.array(v.object({ label: v.string(), counts: splitCountsSchema })),
  duplicatesDropped: count,
  /** Records left out, the first of them listed. */
  problems: v.object({ total: count, kept: v.array(problemSchema) }),
  /** How it was made from its stored sources, and can be made anew; missing where those were not kept. */
  made: v.optional(madeSchema),
  licence: v.optional(licenceSchema),
})

export const previewRecordSchema = v.record(v.string(), v.string())

export const starterSchema = v.object({
  id: v.picklist(['stories', 'instructions', 'messages']),
  name: v.string(),
  purpose: purposeSchema,
  description: v.string(),
  /** What a small model can learn from it, honestly. */
  learnable: v.string(),
  licence: v.string(),
  /** Where it comes from, in a sentence. */
  source: v.string(),
  approxBytes: count,
  records: count,
})

// ---------------------------------------------------------------------------------------------- tokenizers and tokens

export const tokenizerKindSchema = v.picklist(['char', 'bpe', 'gpt2'])

export const tokenizerSchema = v.object({
  id: idSchema,
  kind: tokenizerKindSchema,
  name: v.string(),
  createdAt: isoTime,
  datasetId: idSchema,
  vocabSize: count,
  merges: count,
  sha256: v.string(),
  /** UTF-8 bytes per token on the validation part. */
  bytesPerToken: v.number(),
  /** Tokens per part once the dataset was tokenized. */
  tokens: splitCountsSchema,
  /** Characters of the dataset that the vocabulary lacks (characters tokenizer only). */
  unknown: count,
  /** Name of the tokenizer.json it was taken from; absent for those made here. */
  importedFrom: v.optional(v.string()),
})

/** The tokens of a dataset on disk under one tokenizer: data-and-formats.md section 4. */
export const tokensManifestSchema = v.object({
  version: v.literal(1),
  datasetId: idSchema,
  tokenizerId: idSchema,
  tokenizerSha256: v.string(),
  vocabSize: count,
  /** Bytes per token id on disk. */
  dtypeBytes: v.picklist([2, 4]),
  parts: v.record(
    v.picklist(['train', 'val']),
    v.object({
      tokens: count,
      shards: v.array(v.object({ file: v.string(), tokens: count, bytes: count, sha256: v.string() })),
    }),
  ),
})

// ---------------------------------------------------------------------------------------------- runs

export const runKindSchema = v.picklist(['pretrain', 'instruct', 'classify'])
export const runStatusSchema = v.picklist([
  'created',
  'running',
  'paused',
  'finished',
  'stopped',
  'interrupted',
  'failed',
])

export const trainingSettingsSchema = v.object({
  /** Optimizer steps in all. */
  steps: v.pipe(count, v.minValue(1)),
  /** Examples that are on the device at once. */
  batchSize: v.pipe(count, v.minValue(1), v.maxValue(4096)),
  /** Batches whose gradients are summed before an optimizer step, so that a step sees that many times more examples; 1 in older runs. */
  accumulation: v.optional(v.pipe(count, v.minValue(1), v.maxValue(1024)), 1),
  /** What trains; everything in older runs. All else stays as in the run started from. */
  trainable: v.optional(trainableChoiceSchema, { kind: 'all' }),
  /** What the backward pass works out again to save memory; 'auto' is as little as fits. No result depends on it. */
  recompute: v.optional(v.picklist(['auto', 0, 1, 2]), 'auto'),
  /** f32 when absent. 'mixed', where the device has 16-bit floats: weights and activations in 16 bits, all that is summed in 32. */
  precision: v.optional(v.picklist(['f32', 'mixed'])),
  /** Peak learning rate, reached after warm-up. */
  learningRate: v.pipe(v.number(), v.minValue(0)),
  /** Final learning rate of the cosine. */
  minLearningRate: v.pipe(v.number(), v.minValue(0)),
  warmupSteps: count,
  beta1: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9999)),
  beta2: v.pipe(v.number(), v.minValue(0), v.maxValue(0.99999)),
  eps: v.pipe(v.number(), v.minValue(0)),
  weightDecay: v.pipe(v.number(), v.minValue(0)),
  /** Largest global gradient norm; 0 switches clipping off. */
  gradClip: v.pipe(v.number(), v.minValue(0)),
  seed: count,
  evalEvery: v.pipe(count, v.minValue(1)),
  evalBatches: v.pipe(count, v.minValue(1)),
  sampleEvery: v.pipe(count, v.minValue(1)),
  checkpointEvery: v.pipe(count, v.minValue(1)),
  /** Prompts continued at every sample. */
  prompts: v.array(v.string()),
})

export const classificationReportSchema = v.object({
  labels: v.array(v.string()),
  /** Rows true, columns predicted. */
  confusion: v.array(v.array(count)),
  accuracy: v.number(),
  /** Share of the test texts whose label is the most frequent label of the training part. */
  baselineAccuracy: v.number(),
  baselineLabel: v.string(),
  total: count,
})

export const checkpointSchema = v.object({
  id: idSchema,
  step: count,
  createdAt: isoTime,
  bytes: count,
  valLoss: nullable(v.number()),
  best: v.boolean(),
})

export const runSchema = v.object({
  id: idSchema,
  projectId: idSchema,
  name: v.string(),
  kind: runKindSchema,
  status: runStatusSchema,
  /** Why it failed or stopped early; plain words. */
  error: v.optional(appErrorSchema),
  createdAt: isoTime,
  updatedAt: isoTime,
  config: gptConfigSchema,
  tokenizerId: idSchema,
  datasetId: idSchema,
  /** The run this one was finetuned from. */
  baseRunId: nullable(idSchema),
  /** Where only adapters train: the checkpoint of that run whose weights they belong to. It is kept as long as this run is. */
  baseCheckpointId: v.optional(idSchema),
  /** The run with adapters that this whole model was made of. */
  mergedFrom: v.optional(idSchema),
  /** Class labels in id order (classify only). */
  labels: v.array(v.string()),
  settings: trainingSettingsSchema,
  /** Optimizer steps done. */
  step: count,
  trainLoss: nullable(v.number()),
  valLoss: nullable(v.number()),
  bestValLoss: nullable(v.number()),
  bestStep: nullable(count),
  valAccuracy: nullable(v.number()),
  tokensSeen: count,
  /** Training time without pauses. */
  elapsedMs: v.pipe(v.number(), v.minValue(0)),
  /** What it was last trained on; `threads` of the CPU backend. */
  backend: nullable(v.object({ kind: v.picklist(['webgpu', 'cpu']), adapter: v.string(), threads: v.optional(count) })),
  report: nullable(classificationReportSchema),
  checkpoints: v.array(checkpointSchema),
})

/** What the engine worker may change on a run as it goes. */
export const runProgressSchema = v.partial(
  v.pick(runSchema, [
    'name',
    'status',
    'error',
    'step',
    'trainLoss',
    'valLoss',
    'bestValLoss',
    'bestStep',
    'valAccuracy',
    'tokensSeen',
    'elapsedMs',
    'backend',
    'report',
  ]),
)

export const metricSchema = v.object({
  step: count,
  /** Milliseconds of training time since the run's start, pauses excluded. */
  elapsedMs: v.number(),
  /** Mean training loss of the step, nats per token. */
  loss: v.optional(v.number()),
  learningRate: v.optional(v.number()),
  gradNorm: v.optional(v.number()),
  /** Of mixed precision: the step changed nothing, for a gradient was too large for 16 bits. */
  skipped: v.optional(v.literal(true)),
  tokensPerSecond: v.optional(v.number()),
  valLoss: v.optional(v.number()),
  valAccuracy: v.optional(v.number()),
})

export const sampleSchema = v.object({ step: count, prompt: v.string(), text: v.string() })

/** Where a training run stands, as stored in a checkpoint beside weights and moments: enough to repeat the same losses. */
export const trainStateSchema = v.object({
  step: count,
  tokensSeen: count,
  elapsedMs: v.number(),
  seed: count,
  /** Position in the data order: epoch and window within it. */
  cursor: v.object({ epoch: count, index: count }),
  bestValLoss: nullable(v.number()),
  bestStep: nullable(count),
  /** Of mixed precision: what the loss is multiplied by, clean steps since that changed, steps skipped so far. */
  lossScale: v.optional(v.object({ scale: v.number(), cleanSteps: count, skipped: count })),
})

export const checkpointManifestSchema = v.object({
  version: v.literal(1),
  id: idSchema,
  runId: idSchema,
  createdAt: isoTime,
  state: trainStateSchema,
  valLoss: nullable(v.number()),
  best: v.boolean(),
  files: v.array(v.object({ name: v.string(), bytes: count, sha256: v.string() })),
})

// ---------------------------------------------------------------------------------------------- chats

export const samplingSchema = v.object({
  /** 0 is greedy. */
  temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(5)),
  /** Keep the k most likely tokens; 0 keeps all. */
  topK: count,
  /** Keep the smallest set whose probability reaches p; 1 keeps all. */
  topP: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  maxTokens: v.pipe(count, v.minValue(1)),
  seed: count,
})

export const stopReasonSchema = v.picklist(['end_token', 'length', 'stopped', 'interrupted'])

export const messageSchema = v.object({
  id: idSchema,
  role: v.picklist(['user', 'model']),
  content: v.string(),
  createdAt: isoTime,
  stopReason: nullable(stopReasonSchema),
  tokens: count,
  tokensPerSecond: nullable(v.number()),
  seed: nullable(count),
})

export const chatSchema = v.object({
  id: idSchema,
  projectId: idSchema,
  runId: idSchema,
  title: v.string(),
  createdAt: isoTime,
  updatedAt: isoTime,
  messages: v.array(messageSchema),
})

// ---------------------------------------------------------------------------------------------- jobs and events

export const jobSchema = v.object({
  id: idSchema,
  kind: v.picklist(['import', 'tokenizer', 'statistics']),
  label: v.string(),
  state: v.picklist(['running', 'done', 'failed', 'cancelled']),
  /** What it is doing now, e.g. "Reading tinyshakespeare.txt". */
  phase: v.string(),
  done: count,
  /** 0 while unknown. */
  total: count,
  unit: v.string(),
  error: v.optional(appErrorSchema),
  /** Id of what the job makes: a dataset or a tokenizer; the dataset that is counted by 'statistics'. */
  resultId: idSchema,
})

/** Work that was under way when the studio was closed or killed. Nothing of what it made is in use. */
export const interruptedJobSchema = v.object({
  ...v.pick(jobSchema, ['id', 'kind', 'label', 'resultId']).entries,
  startedAt: isoTime,
  /** What an import is for; null for a tokenizer. */
  purpose: nullable(purposeSchema),
  /** Why it cannot be begun again, e.g. because its file is gone. */
  obstacle: nullable(appErrorSchema),
})

export const eventSchema = v.variant('type', [
  v.object({ type: v.literal('hello') }),
  v.object({ type: v.literal('ping') }),
  v.object({ type: v.literal('job'), job: jobSchema }),
])

export const projectCreateSchema = v.object({ name: v.pipe(v.string(), v.minLength(1), v.maxLength(120)) })
export const projectUpdateSchema = v.object({ id: idSchema, patch: projectPatchSchema })

export const importSchema = v.object({
  name: v.string(),
  purpose: purposeSchema,
  files: v.pipe(
    v.array(
      v.object({
        sourceId: idSchema,
        ...readingSchema.entries,
        encoding: encodingSchema,
        /** Role per column; empty for plain text. */
        roles: v.record(v.string(), roleSchema),
        /**
         * Import only about `bytes` of the file, which alone are then kept, cleaned and counted. Absent: all of it (also where `bytes` is
         * not less than its size). For plain text, Markdown, JSONL and TSV that are not compressed; for CSV only from the start, since a
         * quoted cell may hold line ends. Other kinds are refused with 'unsupported'.
         */
        sample: v.optional(v.object({ bytes: v.pipe(count, v.minValue(1024)), from: sampleFromSchema })),
      }),
    ),
    v.minLength(1),
  ),
  seed: count,
})

export const tokenizerCreateSchema = v.object({
  datasetId: idSchema,
  kind: tokenizerKindSchema,
  /** Wanted vocabulary for 'bpe', end token included; ignored otherwise. */
  vocabSize: v.pipe(count, v.maxValue(65_536)),
})

export const runCreateSchema = v.object({
  projectId: idSchema,
  kind: runKindSchema,
  config: gptConfigSchema,
  tokenizerId: idSchema,
  datasetId: idSchema,
  baseRunId: nullable(idSchema),
  mergedFrom: v.optional(idSchema),
  labels: v.array(v.string()),
  settings: trainingSettingsSchema,
})

export type Settings = v.InferOutput<typeof settingsSchema>
export type AppInfo = v.InferOutput<typeof appInfoSchema>
export type Project = v.InferOutput<typeof projectSchema>
export type FileKind = v.InferOutput<typeof fileKindSchema>
export type InvalidBytes = v.InferOutput<typeof invalidBytesSchema>
export type Reading = v.InferOutput<typeof readingSchema>
export type TextEncoding = v.InferOutput<typeof encodingSchema>
export type Purpose = v.InferOutput<typeof purposeSchema>
export type Role = v.InferOutput<typeof roleSchema>
export type Source = v.InferOutput<typeof sourceSchema>
export type Problem = v.InferOutput<typeof problemSchema>
export type Probe = v.InferOutput<typeof probeSchema>
export type SplitCounts = v.InferOutput<typeof splitCountsSchema>
export type Dataset = v.InferOutput<typeof datasetSchema>
export type PreviewRecord = v.InferOutput<typeof previewRecordSchema>
export type Starter = v.InferOutput<typeof starterSchema>
export type TokenizerKind = v.InferOutput<typeof tokenizerKindSchema>
export type TokenizerInfo = v.InferOutput<typeof tokenizerSchema>
export type TokensManifest = v.InferOutput<typeof tokensManifestSchema>
export type RunKind = v.InferOutput<typeof runKindSchema>
export type RunStatus = v.InferOutput<typeof runStatusSchema>
export type TrainingSettings = v.InferOutput<typeof trainingSettingsSchema>
export type ClassificationReport = v.InferOutput<typeof classificationReportSchema>
export type Checkpoint = v.InferOutput<typeof checkpointSchema>
export type CheckpointManifest = v.InferOutput<typeof checkpointManifestSchema>
export type Run = v.InferOutput<typeof runSchema>
export type RunProgress = v.InferOutput<typeof runProgressSchema>
export type RunCreate = v.InferOutput<typeof runCreateSchema>
export type Metric = v.InferOutput<typeof metricSchema>
export type Sample = v.InferOutput<typeof sampleSchema>
export type SampleFrom = v.InferOutput<typeof sampleFromSchema>
export type TrainState = v.InferOutput<typeof trainStateSchema>
export type Sampling = v.InferOutput<typeof samplingSchema>
export type StopReason = v.InferOutput<typeof stopReasonSchema>
export type Message = v.InferOutput<typeof messageSchema>
export type Chat = v.InferOutput<typeof chatSchema>
export type Job = v.InferOutput<typeof jobSchema>
export type InterruptedJob = v.InferOutput<typeof interruptedJobSchema>
export type StudioEvent = v.InferOutput<typeof eventSchema>
