import * as v from 'valibot'
import { buildSchema, editSchema } from './cleaning.ts'
import { idSchema, purposeSchema, readingSchema, roleSchema, sampleFromSchema, sourceSchema } from './schemas.ts'

/** How a person wants one file to be read, and what its columns are for. */
export const fileChoiceSchema = v.object({
  reading: readingSchema,
  /** Null until there are columns. */
  roles: v.nullable(v.record(v.string(), roleSchema)),
  /** How much of it is taken; null for all of it. */
  sample: v.nullable(v.object({ bytes: v.number(), from: sampleFromSchema })),
})

/** A way of making a dataset that the person has chosen and not applied yet. */
export const datasetDraftSchema = v.object({
  build: buildSchema,
  edits: v.array(editSchema),
  /** What each new edit adds to the good records: 1 for a mended one, -1 for one left out. By `file:line`. */
  effects: v.record(v.string(), v.number()),
})

const sources = v.array(sourceSchema)
const parts = {
  /** Files handed over and not imported yet, by project and by what they are for. */
  pending: v.partial(v.object({ pretrain: sources, instruct: sources, classify: sources })),
  /** What was chosen for each of them, by its source. */
  choices: fileChoiceSchema,
  /** Changes not applied yet, by dataset. */
  drafts: datasetDraftSchema,
  /** Whose each job is, and what its dataset is for (null: its tokenizer), by job. */
  claims: v.object({ projectId: idSchema, purpose: v.nullable(purposeSchema) }),
  /** Roles of columns, by their names: a table with the same columns gets the same roles when it is chosen again. */
  columnRoles: v.record(v.string(), roleSchema),
}

/** What a person has begun and not finished. It outlives the window and the studio. */
export const deskSchema = v.object({
  pending: v.record(v.string(), parts.pending),
  choices: v.record(v.string(), parts.choices),
  drafts: v.record(v.string(), parts.drafts),
  claims: v.record(v.string(), parts.claims),
  columnRoles: v.record(v.string(), parts.columnRoles),
})

const entry = <P extends keyof typeof parts>(part: P) =>
  v.object({ part: v.literal(part), id: v.string(), value: v.nullable(parts[part]) })

/** One thing laid on the desk; `value` null takes it off. */
export const deskEntrySchema = v.variant('part', [
  entry('pending'),
  entry('choices'),
  entry('drafts'),
  entry('claims'),
  entry('columnRoles'),
])

export type FileChoice = v.InferOutput<typeof fileChoiceSchema>
export type DatasetDraft = v.InferOutput<typeof datasetDraftSchema>
export type Desk = v.InferOutput<typeof deskSchema>
export type DeskPart = keyof Desk
export type DeskEntry = v.InferOutput<typeof deskEntrySchema>

export const emptyDesk = (): Desk => ({ pending: {}, choices: {}, drafts: {}, claims: {}, columnRoles: {} })
