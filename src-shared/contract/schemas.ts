import * as v from 'valibot'
import { gptConfigSchema } from '../model/config.ts'
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
})

export const appInfoSchema = v.object({
  version: v.string(),
  host: v.picklist(['web', 'electron']),
  platform: v.string(),
  dataDir: v.string(),
  cpuCount: count,
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

export const fileKindSchema = v.picklist(['text', 'markdown', 'csv', 'tsv', 'json', 'jsonl'])
export const encodingSchema = v.picklist(['utf-8', 'utf-16le', 'utf-16be'])
export const purposeSchema = v.picklist(['pretrain', 'instruct', 'classify'])
/** What a column or key of a record is used for. */
export const roleSchema = v.picklist(['text', 'label', 'instruction', 'input', 'output', 'ignore'])

/** A file the person handed over: uploaded (web) or registered by path (Electron). Only this id crosses the contract. */
export const sourceSchema = v.object({ id: idSchema, name: v.string(), bytes: count })

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
  encoding: encodingSchema,
  /** First lines of a text file (at most 40 lines of at most 400 characters). */
  previewLines: v.array(v.string()),
  /** For records: column names or keys, in order ("column 1", ... when a CSV has no header). */
  columns: v.array(v.string()),
  hasHeader: v.boolean(),
  delimiter: v.string(),
  /** First records as cells, in the order of `columns` (at most 20). */
  sampleRows: v.array(v.array(v.string())),
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
    v.object({ name: v.string(), bytes: count, sha256: v.string(), kind: fileKindSchema, encoding: encodingSchema }),
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
  problems: v.object({ total: count, kept: v.array(problemSchema) }),
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
  batchSize: v.pipe(count, v.minValue(1), v.maxValue(4096)),
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
  backend: nullable(v.object({ kind: v.picklist(['webgpu', 'cpu']), adapter: v.string() })),
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
  kind: v.picklist(['import', 'tokenizer']),
  label: v.string(),
  state: v.picklist(['running', 'done', 'failed', 'cancelled']),
  /** What it is doing now, e.g. "Reading tinyshakespeare.txt". */
  phase: v.string(),
  done: count,
  /** 0 while unknown. */
  total: count,
  unit: v.string(),
  error: v.optional(appErrorSchema),
  /** Id of what the job makes: a dataset or a tokenizer. */
  resultId: idSchema,
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
        encoding: encodingSchema,
        /** Role per column; empty for plain text. */
        roles: v.record(v.string(), roleSchema),
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
  labels: v.array(v.string()),
  settings: trainingSettingsSchema,
})

export type Settings = v.InferOutput<typeof settingsSchema>
export type AppInfo = v.InferOutput<typeof appInfoSchema>
export type Project = v.InferOutput<typeof projectSchema>
export type FileKind = v.InferOutput<typeof fileKindSchema>
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
export type TrainState = v.InferOutput<typeof trainStateSchema>
export type Sampling = v.InferOutput<typeof samplingSchema>
export type StopReason = v.InferOutput<typeof stopReasonSchema>
export type Message = v.InferOutput<typeof messageSchema>
export type Chat = v.InferOutput<typeof chatSchema>
export type Job = v.InferOutput<typeof jobSchema>
export type StudioEvent = v.InferOutput<typeof eventSchema>
