import { expect, test } from 'vitest'
import { fromHfConfig, toHfConfig } from './hf-config.ts'
import { presetConfig } from './presets.ts'

test('a config goes to Hugging Face form and back', () => {
  for (const config of [
    presetConfig('pocket', 300),
    { ...presetConfig('book', 50_257), tieWordEmbeddings: false, qkvBias: true },
  ]) {
    const json: unknown = JSON.parse(JSON.stringify(toHfConfig(config, 299)))
    expect(fromHfConfig(json, 'config.json')).toEqual(config)
    expect(json).toMatchObject({ model_type: 'gpt2', n_ctx: config.nPositions, eos_token_id: 299 })
  }
})

test('OpenAI GPT-2 as transformers writes it', () => {
  const json = {
    model_type: 'gpt2',
    vocab_size: 50257,
    n_positions: 1024,
    n_embd: 768,
    n_layer: 12,
    n_head: 12,
    activation_function: 'gelu_new',
  }
  expect(fromHfConfig(json, 'x')).toMatchObject({ qkvBias: true, tieWordEmbeddings: true, layerNormEpsilon: 1e-5 })
})

test.each([
  [{ model_type: 'llama' }],
  [{ ...toHfConfig(presetConfig('pocket', 10), 9), activation_function: 'relu' }],
  [{ ...toHfConfig(presetConfig('pocket', 10), 9), n_inner: 100 }],
  [{ ...toHfConfig(presetConfig('pocket', 10), 9), n_layer: -1 }],
])('refuses what it cannot run, naming the file', (json) => {
  expect(() => fromHfConfig(json, 'my/config.json')).toThrow(/my\/config\.json does not describe/)
})
