import { LIMITS } from '@shared/contract/limits.ts'
import type { Chat } from '@shared/contract/schemas.ts'
import { describe, expect, it } from 'vitest'
import { testRun } from './testing/run.ts'
import {
  answerFacts,
  answerMessage,
  chatModels,
  chatTitle,
  DEFAULT_SAMPLING,
  promptFor,
  promptProblem,
  samplingFor,
  turnsOf,
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

it('pairs what was said with what came back', () => {
  const lonely = [answerMessage('a0', 1, time), ...chat.messages, userMessage('m5', 'More', time)]
  expect(turnsOf(lonely).map((turn) => [turn.user?.id, turn.answer?.id])).toEqual([
    [undefined, 'a0'],
    ['m1', 'm2'],
    ['m3', 'm4'],
    ['m5', undefined],
  ])
})

describe('answerFacts', () => {
  it('names tokens, speed, seed and the end', () => {
    const message = {
      ...answerMessage('m', 7, time),
      tokens: 42,
      tokensPerSecond: 119.6,
      stopReason: 'end_token',
    } as const
    expect(answerFacts(message)).toBe('42 tokens · 120 tokens/s · seed 7 · ended by itself')
  })
  it('explains the sign for bytes that are no character', () => {
    expect(answerFacts(answerMessage('m', 7, time, 'a\ufffd'))).toBe(
      'seed 7 · interrupted · \ufffd is bytes that make no character',
    )
  })
  it('marks what a kill left', () => {
    expect(answerFacts(answerMessage('m', 7, time, 'half'))).toBe('seed 7 · interrupted')
  })
})

it('offers models that can write, the instructed one first', () => {
  const saved = [{ id: 'c', step: 1, createdAt: time, bytes: 1, valLoss: null, best: true }]
  const runs = [
    testRun({ id: 'old', checkpoints: saved }),
    testRun({ id: 'base', checkpoints: saved }),
    testRun({ id: 'sorter', kind: 'classify', checkpoints: saved }),
    testRun({ id: 'unsaved', kind: 'instruct' }),
    testRun({ id: 'taught', kind: 'instruct', checkpoints: saved }),
  ]
  const models = chatModels(runs, { instructRunId: 'taught', pretrainRunId: 'base' })
  expect(models.map((run) => run.id)).toEqual(['taught', 'base', 'old'])
})
