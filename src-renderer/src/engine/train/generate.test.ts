import { describe, expect, test } from 'vitest'
import type { Session } from '@engine/model/session.ts'
import { generate } from './generate.ts'
import { letters } from './testing/letters.ts'

/** Writes the alphabet: the most likely letter is the one after the last; after z comes the end. */
function alphabet(nPositions: number) {
  const feeds: number[][] = []
  let length = 0
  const session = {
    options: { config: { nPositions } },
    decoder: () => ({
      get length() {
        return length
      },
      reset: () => (length = 0),
      feed: async (ids: ArrayLike<number>) => {
        feeds.push(Array.from(ids))
        length += ids.length
        if (length > nPositions) throw new Error('past the context')
        const last = ids[ids.length - 1]!
        const logits = new Float32Array(128)
        logits[last === 'z'.charCodeAt(0) ? 0 : last + 1] = 1
        return logits
      },
      dispose: () => {},
    }),
  } as unknown as Session
  return { session, feeds }
}
const greedy = { temperature: 0, topK: 0, topP: 1, maxTokens: 5, seed: 1 }

describe('generate', () => {
  test('streams what it writes and stops at the length', async () => {
    const { session, feeds } = alphabet(64)
    const pieces: string[] = []
    const result = await generate(session, letters, letters.encode('xab'), {
      sampling: greedy,
      stopAt: 0,
      onText: (text) => pieces.push(text),
    })
    expect(result).toEqual({ text: 'cdefg', tokens: 5, stopReason: 'length', promptCut: 0 })
    expect(pieces).toEqual(['c', 'd', 'e', 'f', 'g'])
    // The last letter is never read back: nothing is to follow it.
    expect(feeds.length).toBe(5)
  })

  test('stops at the end token, which is no part of the text', async () => {
    const result = await generate(alphabet(64).session, letters, letters.encode('x'), { sampling: greedy, stopAt: 0 })
    expect(result).toMatchObject({ text: 'yz', tokens: 2, stopReason: 'end_token' })
  })

  test('goes on past a full context with the newer half', async () => {
    const { session, feeds } = alphabet(4)
    const sampling = { ...greedy, maxTokens: 12 }
    const result = await generate(session, letters, letters.encode('abc'), { sampling, stopAt: 0 })
    expect(result.text).toBe('defghijklmno')
    expect(feeds[2]).toEqual(letters.encode('de'))
  })

  test('cuts a long prompt at the front and says by how much', async () => {
    const { session, feeds } = alphabet(4)
    const result = await generate(session, letters, letters.encode('abcdefgh'), { sampling: greedy, stopAt: 0 })
    expect(feeds[0]).toEqual(letters.encode('fgh'))
    expect(result.promptCut).toBe(5)
    expect(result.text.startsWith('i')).toBe(true)
  })

  test('an empty prompt begins a document', async () => {
    const { session, feeds } = alphabet(8)
    await generate(session, letters, [], { sampling: { ...greedy, maxTokens: 1 }, stopAt: null })
    expect(feeds[0]).toEqual([0])
  })

  test('ends when asked to, keeping what is there', async () => {
    let calls = 0
    const result = await generate(alphabet(64).session, letters, letters.encode('a'), {
      sampling: greedy,
      stopAt: 0,
      goOn: async () => ++calls < 3,
    })
    expect(result).toMatchObject({ text: 'bc', stopReason: 'stopped' })
  })
})
