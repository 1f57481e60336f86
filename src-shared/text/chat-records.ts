import type { Role } from '../contract/schemas.ts'
import { excerpt, type JsonObject, type Row } from '../formats/read-record.ts'

/** How chats become pairs, for the screen. */
export const CHAT_RULE =
  'Each question with its answer becomes one pair. A system message stands before the first question; earlier turns are not repeated.'
/** How self-instruct records become pairs, for the screen. */
export const INSTANCES_RULE = 'Each instance becomes one pair: the instruction with its own input and output.'

type Nested = 'messages' | 'instances'

/** The column that holds several pairs in one record, and of which sort; null for records of one pair each. */
function nestedColumn(roles: Record<string, Role>): { column: string; role: Nested } | null {
  for (const [column, role] of Object.entries(roles)) {
    if (role === 'messages' || role === 'instances') return { column, role }
  }
  return null
}

/** Roles of the records that {@link expandRow} makes. */
export const expandedRoles = (roles: Record<string, Role>): Record<string, Role> =>
  nestedColumn(roles) ? { instruction: 'instruction', input: 'input', output: 'output' } : roles

/**
 * The pairs in a record of several: a chat (OpenAI `messages`, ShareGPT `conversations`) by {@link CHAT_RULE}, or a self-instruct task with
 * its `instances`. Anything else comes back as it is. What is wrong with a record comes as a problem on its line; a chat whose last
 * question has no answer gives its pairs and the problem.
 */
export function expandRow(row: Row<JsonObject>, roles: Record<string, Role>): Row<JsonObject>[] {
  const nested = nestedColumn(roles)
  if (!nested || row.problem) return [row]
  const { line, record } = row
  const { column, role } = nested
  const value = Object.hasOwn(record, column) ? listOf(record[column]) : undefined
  const expanded =
    value === undefined
      ? { pairs: [], fault: `“${column}” is missing or no list; a list of ${role} was expected there.` }
      : role === 'messages'
        ? pairsOfChat(value)
        : pairsOfInstances(value, textOf(record[columnOf(roles, 'instruction')]))
  const rows: Row<JsonObject>[] = expanded.pairs.map((pair) => ({ line, record: pair }))
  if (expanded.fault !== null) {
    rows.push({ line, problem: { reason: expanded.fault, excerpt: excerpt(JSON.stringify(record)) } })
  }
  return rows
}

const columnOf = (roles: Record<string, Role>, role: Role) =>
  Object.keys(roles).find((column) => roles[column] === role) ?? role

interface Expanded {
  pairs: JsonObject[]
  fault: string | null
}

/** A list, or a list written as JSON in a cell. */
function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value
  if (typeof value !== 'string' || !value.trimStart().startsWith('[')) return undefined
  try {
    const parsed: unknown = JSON.parse(value)
    return Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

type Speaker = 'system' | 'user' | 'assistant'

/** Who speaks, under the names of OpenAI, ShareGPT and their kin. */
const SPEAKERS: Record<string, Speaker> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  prompter: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  model: 'assistant',
}

function pairsOfChat(messages: unknown[]): Expanded {
  const refuse = (fault: string): Expanded => ({ pairs: [], fault })
  if (messages.length === 0) return refuse('The chat has no messages.')
  const pairs: JsonObject[] = []
  let system = ''
  let question: string | null = null
  for (const [index, message] of messages.entries()) {
    const place = `Message ${index + 1}`
    const said = saidBy(message)
    if (typeof said === 'string') return refuse(`${place} ${said}`)
    const { speaker, content } = said
    if (content.trim() === '') return refuse(`${place}, of the ${speaker}, is empty.`)
    if (speaker === 'system') {
      if (question !== null || pairs.length > 0)
        return refuse(`${place} is a system message in the middle of the chat.`)
      system += system === '' ? content : `\n\n${content}`
    } else if (speaker === 'user') {
      if (question !== null) return refuse(`${place} is the second user message in a row; an answer was expected.`)
      question = content
    } else {
      if (question === null) {
        return refuse(
          pairs.length === 0
            ? `${place} is an answer, but nothing was asked before it.`
            : `${place} is the second answer in a row; a user message was expected.`,
        )
      }
      const instruction = system !== '' && pairs.length === 0 ? `${system}\n\n${question}` : question
      pairs.push({ instruction, input: '', output: content })
      question = null
    }
  }
  if (question === null && pairs.length > 0) return { pairs, fault: null }
  if (pairs.length === 0) return refuse('The chat has no answer.')
  return {
    pairs,
    fault: `The last user message has no answer; what comes before it is used.`,
  }
}

/** A message's speaker and words, or what is wrong with it. */
function saidBy(message: unknown): { speaker: Speaker; content: string } | string {
  if (message === null || typeof message !== 'object') return 'is no object with a role and a content.'
  const fields = message as JsonObject
  const role = fields.role ?? fields.from
  if (typeof role !== 'string') return 'does not say who speaks (“role” or “from”).'
  const speaker = Object.hasOwn(SPEAKERS, role.toLowerCase()) ? SPEAKERS[role.toLowerCase()] : undefined
  if (!speaker) return `is by “${role}”; system, user and assistant are understood.`
  const content = wordsOf(fields.content ?? fields.value)
  return content === null ? 'holds something other than text.' : { speaker, content }
}

/** Text, or OpenAI's list of parts where all of them are text. */
function wordsOf(content: unknown): string | null {
  if (content === undefined || content === null) return ''
  if (!Array.isArray(content)) return typeof content === 'string' ? content : null
  const parts = content.map((part) => {
    const text = part !== null && typeof part === 'object' ? (part as JsonObject).text : part
    return typeof text === 'string' ? text : null
  })
  return parts.includes(null) ? null : parts.join('')
}

function pairsOfInstances(instances: unknown[], instruction: string): Expanded {
  if (instruction.trim() === '') return { pairs: [], fault: 'The instruction is missing or empty.' }
  if (instances.length === 0) return { pairs: [], fault: 'There are no instances in the list.' }
  const pairs: JsonObject[] = []
  let fault: string | null = null
  for (const [index, instance] of instances.entries()) {
    const fields = instance !== null && typeof instance === 'object' ? (instance as JsonObject) : {}
    const output = textOf(fields.output)
    if (output.trim() === '') fault ??= `Instance ${index + 1} has no output.`
    else pairs.push({ instruction, input: textOf(fields.input), output })
  }
  return { pairs, fault }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
