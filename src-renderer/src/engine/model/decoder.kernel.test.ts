import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS } from '../../../../src-main/headless/testing/devices.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import type { Backend } from '../backend.ts'
import { noise, relativeError } from '../catalogue/bench.ts'
import { createSession, type GptSession } from './gpt.ts'
import { gptReference } from './gpt.reference.ts'
import type { TensorMap } from './session.ts'
import { base, LM, odd } from './testing/samples.ts'

const configs: [string, GptConfig][] = [
  ['tied', { ...base, nPositions: 70, dropout: 0.1 }],
  ['untied and odd', { ...odd, nPositions: 11 }],
]

const cases = BACKENDS.flatMap(([device, open]) =>
  configs.map(([name, config]) => [name, device, config, open] as const),
)

describe.each(cases)('decoder, %s, %s', (_name, _device, config, openDevice) => {
  let backend: Backend
  let session: GptSession
  let params: TensorMap
  const { vocabSize: V, nPositions } = config
  const ids = Int32Array.from({ length: nPositions }, (_x, i) => (i * i + 2) % V)

  beforeAll(async () => {
    backend = await openDevice()
    session = await createSession(backend, { config, head: LM, batchSize: 1, seqLen: 4, optimizer: null })
    params = new Map(
      parameterTable(config, LM).map(({ name, shape, init }, i) => {
        const values = noise(
          shape.reduce((a, b) => a * b, 1),
          i + 1,
          0.2,
        )
        return [name, init.kind === 'ones' ? values.map((v) => 1 + v) : values]
      }),
    )
    session.setState({ params })
  })
  afterAll(() => backend.destroy())

  /** Logits after the last of `ids`, from a forward pass over all of them. */
  const full = (ids: Int32Array) => {
    const shape = { config, head: LM, batchSize: 1, seqLen: ids.length }
    const { logits } = gptReference(shape, params, { inputIds: ids, labels: new Int32Array(ids.length) })
    return logits.subarray((ids.length - 1) * V)
  }

  it('equals a full forward pass however the tokens are fed', async () => {
    const decoder = session.decoder()
    let fed = 0
    for (const length of [1, 3, 1, 5, nPositions - 10]) {
      const logits = await decoder.feed(ids.subarray(fed, fed + length))
      fed += length
      expect(decoder.length).toBe(fed)
      expect(relativeError(logits, full(ids.subarray(0, fed)))).toBeLessThan(5e-6)
    }
    await expect(decoder.feed([1])).rejects.toMatchObject({ code: 'too_large' })
    decoder.reset()
    expect(decoder.length).toBe(0)
    expect(relativeError(await decoder.feed(ids), full(ids))).toBeLessThan(5e-6)
    decoder.dispose()
  })

  it('reads the present parameters', async () => {
    const decoder = session.decoder()
    const before = await decoder.feed([3])
    session.setState({ params: new Map([...params].map(([name, p]) => [name, p.map((v) => v * 1.5)])) })
    decoder.reset()
    expect(relativeError(await decoder.feed([3]), before)).toBeGreaterThan(0.01)
    session.setState({ params })
    decoder.reset()
    expect(await decoder.feed([3])).toEqual(before)
    decoder.dispose()
  })

  it('allocates nothing from token to token and frees everything', async () => {
    const bytes = backend.counters.bytes
    const decoder = session.decoder()
    await decoder.feed([1, 2])
    const { buffers, bindGroups } = { ...backend.counters }
    expect(session.memory.workspace).toBeGreaterThan(0)
    for (let i = 0; i < 5; i++) await decoder.feed([i])
    expect(backend.counters).toMatchObject({ buffers, bindGroups })
    decoder.dispose()
    await Promise.resolve()
    expect(backend.counters.bytes).toBe(bytes)
  })
})
