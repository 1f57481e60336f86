import type { FileChoice } from '@shared/contract/desk.ts'
import type { AppErrorData } from '@shared/contract/errors.ts'
import type { FileKind, Probe, Purpose, Reading, Role, Source } from '@shared/contract/schemas.ts'
import { missingRoles } from '@shared/text/records.ts'
import { formatBytes } from './format.ts'
import { sampleTaken, type SampleChoice } from './sampleChoice.ts'

/** A file that was handed over and waits for its import. */
export interface ImportFile {
  source: Source
  /** Null until the file was looked at. */
  probe: Probe | null
  /** Why it cannot be used at all. */
  error: AppErrorData | null
  /** Role per column, as the person has it now; empty for running text. */
  roles: Record<string, Role>
  /** How it is read, as far as the person chose it. */
  reading: Reading
  /** How much of it is taken, if that can be; null for all of it. */
  sample: SampleChoice | null
  /** What was chosen before, newest last, for going back. */
  before: FileChoice[]
}

/** File name endings that the picker offers; what a file is shows in its content. */
export const ACCEPT =
  '.txt,.md,.markdown,.csv,.tsv,.tab,.json,.jsonl,.ndjson,.parquet,.html,.htm,.xhtml,.docx,.epub,.pdf,.gz,text/*'

export const PURPOSE_NAMES: Record<Purpose, string> = {
  pretrain: 'text to learn from',
  instruct: 'instructions and answers',
  classify: 'labelled texts',
}

/** Roles that a column can have for a purpose, in the order they are offered. */
export const PURPOSE_ROLES: Record<Purpose, readonly Role[]> = {
  pretrain: ['text', 'ignore'],
  instruct: ['instruction', 'input', 'output', 'messages', 'instances', 'ignore'],
  classify: ['text', 'label', 'ignore'],
}

export const ROLE_NAMES: Record<Role, string> = {
  text: 'Text',
  label: 'Label',
  instruction: 'Instruction',
  input: 'Input',
  output: 'Output',
  messages: 'Whole chat',
  instances: 'Instances',
  ignore: 'Ignore',
}

const PROSE: ReadonlySet<FileKind> = new Set(['text', 'markdown', 'html', 'docx', 'epub', 'pdf'])

/** Whether a file is running text: it has no columns to choose among. */
export const isProse = (probe: Probe): boolean => PROSE.has(probe.kind)

/** Roles as far as they fit the columns that a file has now; null when they were chosen for others. */
export function fittingRoles(probe: Probe, roles: Record<string, Role> | null): Record<string, Role> | null {
  if (!roles || probe.columns.length === 0) return null
  const chosen = new Set(Object.keys(roles))
  return probe.columns.every((column) => chosen.has(column)) ? roles : null
}

/** How sure the roles of a table's columns are: found by the studio, chosen by the person, or not complete. */
export function roleBadge(
  file: ImportFile,
  purpose: Purpose,
): { tone: 'accent' | 'success' | 'warn'; text: string } | null {
  const { probe, roles } = file
  if (!probe || isProse(probe)) return null
  const missing = missingRoles(roles, purpose)
  if (missing.length > 0) return { tone: 'warn', text: `Required: ${missing.join(', ')}` }
  const suggested = initialRoles(probe, purpose)
  const untouched = probe.columns.every((column) => roles[column] === suggested[column])
  return untouched
    ? { tone: 'accent', text: `Detected: ${probe.detected}` }
    : { tone: 'success', text: 'Roles chosen by you' }
}

/** What the probe suggests, as far as the purpose knows it; a single column is the text. */
export function initialRoles(probe: Probe, purpose: Purpose): Record<string, Role> {
  const allowed = PURPOSE_ROLES[purpose]
  const roles: Record<string, Role> = Object.fromEntries(
    probe.columns.map((column): [string, Role] => {
      const role = probe.roles[column] ?? 'ignore'
      return [column, allowed.includes(role) ? role : 'ignore']
    }),
  )
  const [only] = probe.columns
  const isText = only !== undefined && probe.columns.length === 1 && probe.roles[only] !== 'messages'
  if (purpose === 'pretrain' && isText) roles[only] = 'text'
  return roles
}

/** Gives `column` the role; whichever column had it before is ignored, since a role has one column. */
export function assignRole(roles: Record<string, Role>, column: string, role: Role): Record<string, Role> {
  const entries = Object.entries(roles).map(([name, old]): [string, Role] => {
    if (name === column) return [name, role]
    return [name, role !== 'ignore' && old === role ? 'ignore' : old]
  })
  return Object.fromEntries(entries)
}

export type FileStatus =
  | { state: 'looking' | 'ready'; text: string }
  | { state: 'missing'; text: string; roles: Role[] }
  | { state: 'error'; error: AppErrorData }

/** Where a file stands on its way to an import for `purpose`. */
export function fileStatus(file: ImportFile, purpose: Purpose): FileStatus {
  const { probe, error } = file
  if (error) return { state: 'error', error }
  if (!probe) return { state: 'looking', text: 'Looking …' }
  if (isProse(probe)) {
    if (purpose === 'pretrain') return { state: 'ready', text: 'Ready' }
    return { state: 'error', error: notRecords(probe.source.name, purpose) }
  }
  const roles = missingRoles(file.roles, purpose)
  if (roles.length === 0) return { state: 'ready', text: 'Ready' }
  return { state: 'missing', roles, text: `Required: ${roles.join(', ')}. Found: ${probe.columns.join(', ')}.` }
}

function notRecords(name: string, purpose: Purpose): AppErrorData {
  const needed = PURPOSE_ROLES[purpose].filter((role) => role !== 'ignore' && role !== 'input')
  return {
    code: 'missing_columns',
    message: `${name} is running text; ${PURPOSE_NAMES[purpose]} need one record per row or line.`,
    hint: `Give a CSV, TSV, JSON, JSONL or Parquet file with ${needed.join(' and ')}.`,
  }
}

/** Why the import cannot start now, or null when it can. Files with an error are left out, not in the way. */
export function importBlock(files: readonly ImportFile[], purpose: Purpose, uploading: boolean): string | null {
  if (uploading) return 'A file is still being added.'
  const states = files.map((file) => ({ name: file.source.name, status: fileStatus(file, purpose) }))
  if (states.length === 0) return 'Add a file first.'
  if (states.some(({ status }) => status.state === 'looking')) return 'A file is still being looked at.'
  for (const { name, status } of states) {
    if (status.state === 'missing') return `${name}: choose a column for ${status.roles.join(' and ')}.`
  }
  if (states.every(({ status }) => status.state === 'error')) {
    return files.length === 1 ? 'This file cannot be used.' : 'None of these files can be used.'
  }
  return null
}

export const usableFiles = (files: readonly ImportFile[], purpose: Purpose): ImportFile[] =>
  files.filter((file) => fileStatus(file, purpose).state === 'ready')

/** How many files are listed, and the size of what is taken of them in all. */
export function filesTitle(files: readonly ImportFile[]): string {
  const bytes = files.reduce((sum, { source, probe, sample }) => sum + (sampleTaken(probe, sample) ?? source).bytes, 0)
  if (files.length === 0) return 'Files'
  return `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}`
}

/** Name of the dataset that files make: the first one's, and how many more. */
export function datasetName(files: readonly ImportFile[]): string {
  const first = files[0]?.source.name ?? 'Data'
  return files.length > 1 ? `${first} and ${files.length - 1} more` : first
}

/** Another purpose that records were evidently made for, or null when this one suits them. */
export function betterPurpose(file: ImportFile, purpose: Purpose): Exclude<Purpose, 'pretrain'> | null {
  const suggested = file.probe && !isProse(file.probe) ? file.probe.suggestedPurpose : purpose
  return suggested === purpose || suggested === 'pretrain' ? null : suggested
}
