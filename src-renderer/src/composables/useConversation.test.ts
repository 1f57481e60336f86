import { AppError } from '@shared/contract/errors.ts'
import type { Chat } from '@shared/contract/schemas.ts'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { call } from '@/host/client.ts'
import { DEFAULT_SAMPLING } from '@/logic/chatTurns.ts'
import { testRun } from '@/logic/testing/run.ts'
import { useChatsStore } from '@/stores/chats.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useConversation } from './useConversation.ts'

vi.mock('@/host/client.ts')

const time = '2026-01-01T10:00:00Z'
/** Every chat as it was written to disk, oldest first. */
let written: Chat[]
/** What the engine is to do with a prompt. */
let write: (
  prompt: string,
  onText: (text: string) => void,
  signal: AbortSignal | undefined,
) => Promise<'end_token' | 'stopped'>
const prompts: string[] = []

beforeEach(() => {
  setActivePinia(createPinia())
  written = []
  prompts.length = 0
  vi.mocked(call).mockReset()
  vi.mocked(call).mockImplementation((async (method: string, input: Chat) => {
    if (method === 'chats.save') written.push(input)
    if (method !== 'chats.create') return input
    return { ...input, id: 'chat-1', createdAt: time, updatedAt: time, messages: [] }
  }) as typeof call)
  const engine = useEngineStore()
  engine.loadModel = async () => 1
  engine.generate = async ({ prompt }, onText, signal) => {
    prompts.push(prompt)
    return { stopReason: await write(prompt, onText, signal), tokens: 3, tokensPerSecond: 30, promptCut: 0 }
  }
})

const talkWith = (kind: 'pretrain' | 'instruct') =>
  useConversation(
    'project-1',
    () => testRun({ kind }),
    () => DEFAULT_SAMPLING,
  )
const stored = () => written.at(-1)?.messages.map((m) => [m.role, m.content, m.stopReason])

describe('useConversation', () => {
  it('begins a chat with the first message and keeps the answer with its facts', async () => {
    write = async (_, onText) => {
      onText('cats')
      return 'end_token'
    }
    await talkWith('instruct').send('Plural of cat?')
    expect(useChatsStore().current?.title).toBe('Plural of cat?')
    expect(stored()).toEqual([
      ['user', 'Plural of cat?', null],
      ['model', 'cats', 'end_token'],
    ])
    expect(written.at(-1)?.messages[1]).toMatchObject({ tokens: 3, tokensPerSecond: 30 })
  })

  it('has the half answer on disk, marked interrupted, while it is being written', async () => {
    vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(5000)
    let seen: ReturnType<typeof stored>
    write = async (_, onText) => {
      onText('Once upon')
      await vi.waitFor(() => expect(stored()?.[1]?.[1]).toBe('Once upon'))
      seen = stored()
      return 'stopped'
    }
    await talkWith('pretrain').send('Go')
    expect(seen?.[1]).toEqual(['model', 'Once upon', 'interrupted'])
    expect(stored()?.[1]).toEqual(['model', 'Once upon', 'stopped'])
    vi.restoreAllMocks()
  })

  it('stops when asked to, and keeps what came', async () => {
    const talk = talkWith('instruct')
    write = async (_, onText, signal) => {
      onText('a b')
      talk.stop()
      expect(signal?.aborted).toBe(true)
      return 'stopped'
    }
    await talk.send('Go')
    expect(stored()?.[1]).toEqual(['model', 'a b', 'stopped'])
    expect(talk.live.value).toBeNull()
  })

  it('keeps the question and no empty answer when the engine fails; trying again answers it', async () => {
    const talk = talkWith('instruct')
    write = () => Promise.reject(new AppError({ code: 'busy', message: 'A run is training.' }))
    await talk.send('Go')
    expect(talk.error.value?.message).toBe('A run is training.')
    expect(stored()).toEqual([['user', 'Go', null]])
    write = async (_, onText) => {
      onText('ok')
      return 'end_token'
    }
    await talk.regenerate()
    expect(talk.error.value).toBeNull()
    expect(stored()).toEqual([
      ['user', 'Go', null],
      ['model', 'ok', 'end_token'],
    ])
  })

  it('has a base model write on from its own text', async () => {
    const talk = talkWith('pretrain')
    write = async (_, onText) => {
      onText(' upon')
      return 'stopped'
    }
    await talk.send('Once')
    await talk.goOn()
    expect(prompts).toEqual(['Once', 'Once upon'])
    expect(stored()).toEqual([
      ['user', 'Once', null],
      ['model', ' upon upon', 'stopped'],
    ])
    expect(written.at(-1)?.messages[1]?.tokens).toBe(6)
  })
})
