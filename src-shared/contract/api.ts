import * as v from 'valibot'
import * as c from './cleaning.ts'
import * as d from './desk.ts'
import * as s from './schemas.ts'
import { statisticsRequestSchema, statisticsSchema } from './statistics.ts'

const id = v.object({ id: s.idSchema })
const nothing = v.object({})
const part = v.picklist(['train', 'val', 'test'])

/**
 * Every call the renderer can make: POST /api/<name> with `input` as JSON; 200 with `output`, or 4xx/5xx with error data.
 * The handler table in src-main and the typed client in src-renderer/src/host are both derived from this one.
 */
export const api = {
  'app.info': { input: nothing, output: s.appInfoSchema },
  'settings.get': { input: nothing, output: s.settingsSchema },
  'settings.set': { input: v.partial(s.settingsSchema), output: s.settingsSchema },

  'desk.get': { input: nothing, output: d.deskSchema },
  /** Lays one thing on the desk, or takes it off. */
  'desk.put': { input: d.deskEntrySchema, output: nothing },

  /** Which kernels suit a graphics card, as the engine wrote it down; null where it never did. */
  'tuning.get': { input: v.pick(s.tuningSchema, ['adapter']), output: v.object({ text: v.nullable(v.string()) }) },
  'tuning.set': { input: s.tuningSchema, output: nothing },

  'projects.list': { input: nothing, output: v.array(s.projectSchema) },
  'projects.get': { input: id, output: s.projectSchema },
  'projects.create': { input: s.projectCreateSchema, output: s.projectSchema },
  'projects.update': { input: s.projectUpdateSchema, output: s.projectSchema },
  'projects.delete': { input: id, output: nothing },

  /** Announces an upload; its bytes follow as PUT /blobs/uploads/<id>?offset=N. */
  'sources.create': {
    input: v.object({ name: v.string(), bytes: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
    output: s.sourceSchema,
  },
  'sources.delete': { input: id, output: nothing },
  /** Looks at a source: kind by content, encoding, columns, suggested roles. What is passed along overrides what the content shows. */
  'sources.probe': {
    input: v.object({ id: s.idSchema, ...s.readingSchema.entries }),
    output: s.probeSchema,
  },

  'starters.list': { input: nothing, output: v.array(s.starterSchema) },
  /** Makes a starter set as a dataset, by the same import job as a file. */
  'starters.create': { input: v.object({ id: s.starterSchema.entries.id }), output: s.jobSchema },

  'datasets.list': { input: nothing, output: v.array(s.datasetSchema) },
  'datasets.get': { input: id, output: s.datasetSchema },
  'datasets.import': { input: s.importSchema, output: s.jobSchema },
  'datasets.delete': { input: id, output: nothing },
  /** Records of one part: {text} | {instruction, input, output} | {text, label}; texts cut at 2,000 characters. */
  'datasets.preview': {
    input: v.object({ id: s.idSchema, part, offset: v.number(), limit: v.pipe(v.number(), v.maxValue(200)) }),
    output: v.object({ total: v.number(), records: v.array(s.previewRecordSchema) }),
  },

  /** Makes the dataset anew from its stored sources, with other choices, as a dataset of its own: the old one stays as it is. */
  'datasets.rebuild': {
    input: v.object({ id: s.idSchema, build: c.buildSchema, edits: v.pipe(v.array(c.editSchema), v.maxLength(2000)) }),
    output: s.jobSchema,
  },
  'datasets.edits': { input: id, output: v.array(c.editSchema) },
  /** The problems of one kind, a page at a time. */
  'datasets.problems': {
    input: v.object({
      id: s.idSchema,
      kind: c.problemKindSchema,
      offset: v.number(),
      limit: v.pipe(v.number(), v.maxValue(1000)),
    }),
    output: v.object({ listed: v.number(), problems: v.array(c.reportedProblemSchema) }),
  },
  /** Whether an edited record could be used: null, or why not. */
  'datasets.checkEdit': {
    input: v.object({ id: s.idSchema, edit: c.editSchema }),
    output: v.object({ reason: v.nullable(v.string()) }),
  },
  'datasets.tryRecipe': {
    input: v.object({ id: s.idSchema, build: c.buildSchema }),
    output: c.recipeTrialSchema,
  },
  'datasets.leakage': { input: id, output: c.leakageSchema },
  'datasets.setLicence': { input: v.object({ id: s.idSchema, licence: c.licenceSchema }), output: s.datasetSchema },
  'datasets.passport': { input: id, output: c.passportSchema },
  /** Computes every hash of the passport anew from the stored bytes. */
  'datasets.verify': { input: id, output: c.passportCheckSchema },
  /** Whether the files it was imported from are still what they were: by size and date, and by hash where only the date differs. */
  'datasets.originals': { input: id, output: v.array(c.originalSchema) },
  /** The same for one of them, `file` by its number, with a file that was handed over as what it is now. */
  'datasets.compareOriginal': {
    input: v.object({ id: s.idSchema, file: v.pipe(v.number(), v.integer(), v.minValue(0)), sourceId: s.idSchema }),
    output: c.originalSchema,
  },

  'tokenizers.list': { input: nothing, output: v.array(s.tokenizerSchema) },
  'tokenizers.get': { input: id, output: s.tokenizerSchema },
  /** Trains (or takes) the tokenizer and tokenizes the dataset with it into shards, as one job. */
  'tokenizers.create': { input: s.tokenizerCreateSchema, output: s.jobSchema },
  /** The same with the tokenizer.json of a source, which must be a byte-level BPE or a list of characters. */
  'tokenizers.import': { input: v.object({ datasetId: s.idSchema, sourceId: s.idSchema }), output: s.jobSchema },
  'tokens.manifest': {
    input: v.object({ datasetId: s.idSchema, tokenizerId: s.idSchema }),
    output: s.tokensManifestSchema,
  },

  /** What was counted before; null when it was not, or the dataset or tokenizer changed since. */
  'statistics.get': { input: statisticsRequestSchema, output: v.nullable(statisticsSchema) },
  /** Counts a dataset as a job; of a large one a sample, unless `whole`. The same count under way is joined. */
  'statistics.create': {
    input: v.object({ ...statisticsRequestSchema.entries, whole: v.boolean() }),
    output: s.jobSchema,
  },

  'jobs.get': { input: id, output: s.jobSchema },
  'jobs.list': { input: nothing, output: v.array(s.jobSchema) },
  'jobs.cancel': { input: id, output: s.jobSchema },
  /** What was under way when the studio was last closed or killed. */
  'jobs.interrupted': { input: nothing, output: v.array(s.interruptedJobSchema) },
  /** Does interrupted work again from its beginning, with the choices made then. */
  'jobs.restart': { input: id, output: s.jobSchema },
  /** Forgets interrupted work and frees what it still holds on the disk. */
  'jobs.discard': { input: id, output: nothing },

  'runs.list': { input: nothing, output: v.array(s.runSchema) },
  'runs.get': { input: id, output: s.runSchema },
  'runs.create': { input: s.runCreateSchema, output: s.runSchema },
  'runs.update': { input: v.object({ id: s.idSchema, patch: s.runProgressSchema }), output: s.runSchema },
  'runs.delete': { input: id, output: nothing },
  /** Appends to metrics.jsonl and samples.jsonl; rows at or after an earlier step of the same run replace those (a resume). */
  'runs.append': {
    input: v.object({ id: s.idSchema, metrics: v.array(s.metricSchema), samples: v.array(s.sampleSchema) }),
    output: nothing,
  },
  'runs.metrics': { input: id, output: v.array(s.metricSchema) },
  'runs.samples': { input: id, output: v.array(s.sampleSchema) },

  /** Opens a temporary checkpoint folder; files follow as PUT /blobs/checkpoints/<runId>/<id>/<name>?offset=N. */
  'checkpoints.begin': {
    input: v.object({ runId: s.idSchema, step: v.number(), bytes: v.number() }),
    output: v.object({ id: s.idSchema }),
  },
  /** Commits it: fsync, manifest last, rename, fsync of the parent; keeps the best and the newest two. */
  'checkpoints.commit': {
    input: v.object({
      runId: s.idSchema,
      id: s.idSchema,
      state: s.trainStateSchema,
      valLoss: v.nullable(v.number()),
      best: v.boolean(),
      files: v.array(v.object({ name: v.string(), bytes: v.number() })),
    }),
    output: s.checkpointManifestSchema,
  },
  'checkpoints.abort': { input: v.object({ runId: s.idSchema, id: s.idSchema }), output: nothing },
  /** The newest (or best) checkpoint whose every hash verifies, and those passed over with the reason. Null when none does. */
  'checkpoints.latest': {
    input: v.object({ runId: s.idSchema, prefer: v.picklist(['newest', 'best']) }),
    output: v.object({
      manifest: v.nullable(s.checkpointManifestSchema),
      skipped: v.array(v.object({ id: s.idSchema, reason: v.string() })),
    }),
  },
  /** One checkpoint by its id, if every hash verifies. AppError 'not_found' or 'corrupt'. */
  'checkpoints.get': {
    input: v.object({ runId: s.idSchema, id: s.idSchema }),
    output: s.checkpointManifestSchema,
  },

  'chats.list': { input: v.object({ projectId: s.idSchema }), output: v.array(s.chatSchema) },
  'chats.create': {
    input: v.object({ projectId: s.idSchema, runId: s.idSchema, title: v.string() }),
    output: s.chatSchema,
  },
  'chats.save': { input: s.chatSchema, output: s.chatSchema },
  'chats.delete': { input: id, output: nothing },
} as const

export type Api = typeof api
export type Method = keyof Api
export type Input<M extends Method> = v.InferInput<Api[M]['input']>
export type ParsedInput<M extends Method> = v.InferOutput<Api[M]['input']>
export type Output<M extends Method> = v.InferOutput<Api[M]['output']>

/** Headers and paths that both sides spell the same. */
export const TOKEN_HEADER = 'x-gradus-token'
export const routes = {
  rpc: (method: Method) => `/api/${method}`,
  events: '/events',
  upload: (sourceId: string, offset: number) => `/blobs/uploads/${sourceId}?offset=${offset}`,
  /** GET with Range. Shard files as the tokens manifest names them. */
  shard: (datasetId: string, tokenizerId: string, file: string) => `/blobs/tokens/${datasetId}/${tokenizerId}/${file}`,
  /** GET: JSONL of a record dataset's part (instruct, classify). */
  records: (datasetId: string, part: 'train' | 'val' | 'test') => `/blobs/datasets/${datasetId}/${part}.jsonl`,
  /** GET: Hugging Face tokenizer.json. */
  tokenizer: (tokenizerId: string) => `/blobs/tokenizers/${tokenizerId}/tokenizer.json`,
  /** GET with Range, or PUT with ?offset=N while the checkpoint is open. */
  checkpointFile: (runId: string, checkpointId: string, file: string) =>
    `/blobs/checkpoints/${runId}/${checkpointId}/${file}`,
} as const
