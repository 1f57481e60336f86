import { describe, expect, it } from 'vitest'
import type { GptConfig } from './config.ts'
import { parameterCount } from './memory.ts'
import { parameterTable } from './parameters.ts'

const gpt2: GptConfig = {
  vocabSize: 50_257,
  nPositions: 1024,
  nEmbd: 768,
  nLayer: 12,
  nHead: 12,
  dropout: 0.1,
  qkvBias: true,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}
const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1)
const total = (table: ReturnType<typeof parameterTable>) => table.reduce((sum, { shape }) => sum + size(shape), 0)

describe('parameterTable', () => {
  it('has the 124,439,808 parameters of GPT-2', () => {
    expect(total(parameterTable(gpt2, { kind: 'lm' }))).toBe(124_439_808)
  })

  it.each([
    [{}, { kind: 'lm' }],
    [{ qkvBias: false, tieWordEmbeddings: false }, { kind: 'lm' }],
    [{ tieWordEmbeddings: false }, { kind: 'classification', numLabels: 5 }],
  ] as const)('agrees with the count: %j %j', (change, head) => {
    const config = { ...gpt2, ...change }
    expect(total(parameterTable(config, head))).toBe(parameterCount(config, head))
  })

  it('lets matrices decay and nothing else, and starts the residual projections smaller', () => {
    for (const { name, shape, decay, init } of parameterTable(gpt2, { kind: 'lm' })) {
      expect(decay).toBe(shape.length === 2)
      if (/ln_.\.weight$/.test(name)) expect(init).toEqual({ kind: 'ones' })
      else if (name.endsWith('.bias')) expect(init).toEqual({ kind: 'zeros' })
      else expect(init).toEqual({ kind: 'normal', std: name.includes('c_proj') ? 0.02 / Math.sqrt(24) : 0.02 })
    }
  })

  it('names the head by its kind', () => {
    const last = (config: GptConfig, head: Parameters<typeof parameterTable>[1]) => parameterTable(config, head).at(-1)
    expect(last(gpt2, { kind: 'lm' })!.name).toBe('transformer.ln_f.bias')
    expect(last({ ...gpt2, tieWordEmbeddings: false }, { kind: 'lm' })).toMatchObject({ name: 'lm_head.weight' })
    expect(last(gpt2, { kind: 'classification', numLabels: 3 })).toMatchObject({
      name: 'score.weight',
      shape: [3, 768],
    })
  })
})
