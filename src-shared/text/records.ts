import type { Purpose, Role } from '../contract/schemas.ts'
import { isBlank } from './is-blank.ts'

/** What a record becomes, by purpose. */
type TextRecord = { text: string }
type InstructRecord = { instruction: string; input: string; output: string }
type LabelledRecord = { text: string; label: string }
export type StudioRecord = TextRecord | InstructRecord | LabelledRecord

export interface Detected {
  roles: Record<string, Role>
  purpose: Purpose
  /** Name of the convention for the badge: "Alpaca", "text + label", ... */
  convention: string
}

/** Names under which each role is known in the conventions of data-and-formats (Alpaca, TRL, self-instruct, IMDb, SMS spam). */
const NAMES: Record<Exclude<Role, 'ignore'>, readonly string[]> = {
  instruction: ['instruction', 'prompt', 'question', 'query', 'user'],
  input: ['input', 'context'],
  output: ['output', 'completion', 'response', 'answer', 'target', 'assistant'],
  text: ['text', 'message', 'sentence', 'review', 'content', 'body', 'document', 'story', 'sms', 'v2'],
  label: ['label', 'class', 'category', 'sentiment', 'tag', 'intent', 'topic', 'v1'],
  messages: ['messages', 'conversations', 'conversation', 'dialog', 'dialogue', 'chat'],
  instances: ['instances'],
}

/** Most distinct values a column may have among `rows` sample rows and still look like a label. */
const labelLike = (values: string[]) => {
  const distinct = new Set(values.map((value) => value.trim()))
  const longest = Math.max(0, ...values.map((value) => value.length))
  return distinct.size >= 1 && distinct.size <= values.length / 2 && longest > 0 && longest <= 40
}

/** Suggests a role for every column: by name, else (two columns, one short and repeating) by content. `rows` are sample cells. */
export function detectRoles(columns: string[], rows: string[][]): Detected {
  const roles: Record<string, Role> = Object.fromEntries(columns.map((column) => [column, 'ignore' as Role]))
  const find = (role: Exclude<Role, 'ignore'>) =>
    NAMES[role].flatMap((name) => columns.filter((column) => column.trim().toLowerCase() === name))[0]
  const instruction = find('instruction')
  const output = find('output')
  const text = find('text')
  const label = find('label')
  const messages = find('messages')
  const instances = find('instances')
  const holdsLists = (column: string) => rows.some((row) => row[columns.indexOf(column)]?.trimStart().startsWith('['))

  if (messages !== undefined && holdsLists(messages)) {
    roles[messages] = 'messages'
    const openAi = messages.trim().toLowerCase() === 'messages'
    return { roles, purpose: 'instruct', convention: openAi ? 'OpenAI chat' : 'ShareGPT chat' }
  }
  if (instruction !== undefined && instances !== undefined && holdsLists(instances)) {
    roles[instruction] = 'instruction'
    roles[instances] = 'instances'
    return { roles, purpose: 'instruct', convention: 'self-instruct' }
  }

  if (instruction !== undefined && output !== undefined) {
    roles[instruction] = 'instruction'
    roles[output] = 'output'
    const input = find('input')
    if (input !== undefined) roles[input] = 'input'
    const alpaca = instruction.toLowerCase() === 'instruction'
    return { roles, purpose: 'instruct', convention: alpaca ? 'Alpaca' : 'prompt and completion' }
  }
  if (text !== undefined && label !== undefined) {
    roles[text] = 'text'
    roles[label] = 'label'
    return { roles, purpose: 'classify', convention: 'text + label' }
  }
  if (text !== undefined) {
    roles[text] = 'text'
    return { roles, purpose: 'pretrain', convention: 'records with text' }
  }
  if (columns.length === 2) {
    const guess = [0, 1].find((i) => labelLike(rows.map((row) => row[i] ?? '')) && rows.length > 1)
    if (guess !== undefined) {
      roles[columns[guess] as string] = 'label'
      roles[columns[1 - guess] as string] = 'text'
      return { roles, purpose: 'classify', convention: 'text + label (by content)' }
    }
  }
  return { roles, purpose: 'pretrain', convention: 'unknown columns' }
}

const REQUIRED: Record<Purpose, readonly Role[]> = {
  pretrain: ['text'],
  instruct: ['instruction', 'output'],
  classify: ['text', 'label'],
}

/** Roles that a purpose needs and no column has. */
export function missingRoles(roles: Record<string, Role>, purpose: Purpose): Role[] {
  const given = new Set(Object.values(roles))
  // Whole chats bring both sides, self-instruct records their outputs.
  if (given.has('messages')) given.add('instruction').add('output')
  if (given.has('instances')) given.add('output')
  return REQUIRED[purpose].filter((role) => !given.has(role))
}

/** The studio's record, or in plain words why there is none. */
type MadeRecord = { record: StudioRecord; reason?: undefined } | { record?: undefined; reason: string }

/** Says how the studio's records are made from raw ones. Values are read as text; numbers and booleans too. */
export function recordMaker(
  roles: Record<string, Role>,
  purpose: Purpose,
): (raw: Record<string, unknown>) => MadeRecord {
  const columns = Object.entries(roles).filter(([, role]) => role !== 'ignore')
  return (raw) => {
    const values: Partial<Record<Role, string>> = {}
    for (const [column, role] of columns) {
      // Own fields only: a column may be called "constructor".
      const value = Object.hasOwn(raw, column) ? raw[column] : undefined
      if (value === undefined || value === null) continue
      if (typeof value === 'object') return { reason: `“${column}” holds a list or an object; text was expected.` }
      values[role] = String(value)
    }
    for (const role of REQUIRED[purpose]) {
      if (!isBlank(values[role] ?? '')) continue
      const column = Object.keys(roles).find((name) => roles[name] === role) ?? role
      return {
        reason: `“${column}” is ${Object.hasOwn(raw, column) ? 'empty' : 'missing'}; the ${role} was expected there.`,
      }
    }
    const { text = '', label = '', instruction = '', input = '', output = '' } = values
    if (purpose === 'pretrain') return { record: { text } }
    if (purpose === 'classify') return { record: { text, label: label.trim() } }
    return { record: { instruction, input, output } }
  }
}
