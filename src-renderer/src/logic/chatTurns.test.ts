import { LIMITS } from '@shared/contract/limits.ts'
import type { Chat } from '@shared/contract/schemas.ts'
import { describe, expect, it } from 'vitest'
import {
  answerMessage,
  chatTitle,
  DEFAULT_SAMPLING,
  promptFor,
  promptProblem,
  samplingFor,
  userMessage,
  withMessage,
} from './chatTurns.ts'

const time = '2026-01-01T10:00:00Z'
const chat: Chat = {
  id: 'chat-1',
  projectId: 'project-1',
  runId: 'run-1',
  title: 'Cats',
  createdAt: time,
  updatedAt: time,
  messages: [
    userMessage('m1', 'Once', time),
    answerMessage('m2', 7, time, ' upon a'),
    userMessage('m3', 'The', time),
    answerMessage('m4', 8, time, ' end'),
  ],
}

describe('samplingFor', () => {
  it('keeps a seed that was set and draws one otherwise', () => {
    expect(samplingFor({ ...DEFAULT_SAMPLING, seed: 5 }, () => 0.5).seed).toBe(5)
    expect(samplingFor(DEFAULT_SAMPLING, () => 0.5).seed).toBe(2 ** 30)
  })
})

describe('promptProblem', () => {
  it('names the limit only beyond it', () => {
    expect(promptProblem('x'.repeat(LIMITS.promptChars))).toBeNull()
    expect(promptProblem('x'.repeat(LIMITS.promptChars + 1))).toContain('at most 20,000')
  })
})

describe('chatTitle', () => {
  it('is the first line, shortened', () => {
    expect(chatTitle('What is  a cat?\nTell me.')).toBe('What is a cat?')
    expect([...chatTitle('x'.repeat(90))]).toHaveLength(48)
    expect(chatTitle('  ')).toBe('New chat')
  })
})

describe('withMessage', () => {
  it('replaces a message or adds it', () => {
    const changed = withMessage(chat, { ...answerMessage('m2', 7, time), content: 'changed' })
    expect(changed.messages.map((m) => m.content)).toEqual(['Once', 'changed', 'The', ' end'])
    expect(withMessage(chat, userMessage('m5', 'More', time)).messages).toHaveLength(5)
  })
})

describe('promptFor', () => {
  it('gives an instructed model the question alone', () => {
    expect(promptFor(chat, 'm2', true)).toBe('Once')
    expect(promptFor(chat, 'm4', true)).toBe('The')
  })
  it('gives a base model the text with what it has written', () => {
    expect(promptFor(chat, 'm2', false)).toBe('Once upon a')
    expect(promptFor(chat, 'new', false)).toBe('The')
  })
})

it('marks an answer as interrupted until it has its end', () => {
  expect(answerMessage('m', 1, time).stopReason).toBe('interrupted')
})
