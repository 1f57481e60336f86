import { LIMITS } from '@shared/contract/limits.ts'
import type { Chat, Message, Project, Run, Sampling, StopReason } from '@shared/contract/schemas.ts'
import { counted, formatCount } from './format.ts'

/** Sampling as the person sets it: without a seed of their own each answer gets a new one. */
export type SamplingChoice = Omit<Sampling, 'seed'> & { seed: number | null }

export const DEFAULT_SAMPLING: SamplingChoice = { temperature: 0.8, topK: 40, topP: 0.95, maxTokens: 200, seed: null }

/** The sampling of one answer; `draw` gives a number from 0 up to 1. */
export const samplingFor = (choice: SamplingChoice, draw: () => number): Sampling => ({
  ...choice,
  seed: choice.seed ?? Math.floor(draw() * 2 ** 31),
})

/** Why an answer ended, in words. */
const STOP_TEXTS: Record<StopReason, string> = {
  end_token: 'ended by itself',
  length: 'reached the length limit',
  stopped: 'stopped by you',
  interrupted: 'interrupted',
}

/** Why a prompt cannot be sent, or null. */
export function promptProblem(text: string): string | null {
  if (text.length <= LIMITS.promptChars) return null
  return `${formatCount(text.length)} characters; at most ${formatCount(LIMITS.promptChars)} can be sent. Shorten the text.`
}

/** A chat's name from what was first said. */
export function chatTitle(text: string): string {
  const line = text.trim().split('\n', 1)[0]?.replace(/\s+/g, ' ') ?? ''
  const letters = [...line]
  if (letters.length === 0) return 'New chat'
  return letters.length > 48 ? `${letters.slice(0, 47).join('')}…` : line
}

export const userMessage = (id: string, content: string, createdAt: string): Message => ({
  id,
  role: 'user',
  content,
  createdAt,
  stopReason: null,
  tokens: 0,
  tokensPerSecond: null,
  seed: null,
})

/** An answer on its way. It counts as interrupted until it has its end, so that a killed studio leaves it marked. */
export const answerMessage = (id: string, seed: number, createdAt: string, content = ''): Message => ({
  id,
  role: 'model',
  content,
  createdAt,
  stopReason: 'interrupted',
  tokens: 0,
  tokensPerSecond: null,
  seed,
})

/** `chat` with one message put in the place of the one with its id, or at the end. */
export function withMessage(chat: Chat, message: Message): Chat {
  const known = chat.messages.some((other) => other.id === message.id)
  const messages = known
    ? chat.messages.map((other) => (other.id === message.id ? message : other))
    : [...chat.messages, message]
  return { ...chat, messages }
}

/**
 * What the model is given for the answer `answerId` (or a new one at the end): an instructed model the question before it; a base model
 * that text and what it has written of the answer so far.
 */
export function promptFor(chat: Chat, answerId: string, instruct: boolean): string {
  const at = chat.messages.findIndex((message) => message.id === answerId)
  const end = at < 0 ? chat.messages.length : at
  const question = chat.messages.slice(0, end).findLast((message) => message.role === 'user')?.content ?? ''
  return instruct ? question : question + (chat.messages[at]?.content ?? '')
}

export interface Turn {
  /** Stable while the turn lasts. */
  key: string
  user: Message | null
  answer: Message | null
}

/** A chat's messages as turns: what was said and what came back. */
export function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = []
  for (const message of messages) {
    const last = turns.at(-1)
    if (message.role === 'user') turns.push({ key: message.id, user: message, answer: null })
    else if (last && !last.answer) last.answer = message
    else turns.push({ key: message.id, user: null, answer: message })
  }
  return turns
}

/** What stands under an answer: "42 tokens · 120 tokens/s · seed 7 · ended by itself". */
export function answerFacts({ content, tokens, tokensPerSecond, seed, stopReason }: Message): string {
  return [
    ...(tokens > 0 ? [counted(tokens, 'token')] : []),
    ...(tokensPerSecond
      ? [`${tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : formatCount(tokensPerSecond)} tokens/s`]
      : []),
    ...(seed === null ? [] : [`seed ${seed}`]),
    ...(stopReason ? [STOP_TEXTS[stopReason]] : []),
    // A token of a byte-level tokenizer may be part of a character; a model that has learned little puts them together wrongly.
    ...(content.includes('\ufffd') ? ['� is bytes that make no character'] : []),
  ].join(' · ')
}

/** Runs that can write, the one to take first at the front: the project's instructed model, its pretrained one, the others. */
export function chatModels(runs: readonly Run[], project: Pick<Project, 'instructRunId' | 'pretrainRunId'>): Run[] {
  const rank = (run: Run) => (run.id === project.instructRunId ? 0 : run.id === project.pretrainRunId ? 1 : 2)
  return runs
    .filter((run) => run.kind !== 'classify' && run.checkpoints.length > 0)
    .toSorted((a, b) => rank(a) - rank(b))
}
