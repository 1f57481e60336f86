import { expect, test } from 'vitest'
import { presetConfig } from './presets.ts'
import { validateConfig, type ConfigContext } from './validate.ts'

const pocket = presetConfig('pocket', 512)

/** Every proposed fix, applied alone, must remove the issue it belongs to. */
function expectFixesToWork(context: ConfigContext) {
  for (const issue of validateConfig(context)) {
    for (const fix of issue.fixes) {
      const after = validateConfig({ ...context, config: { ...context.config, ...fix.patch } })
      expect(after.map((i) => i.code)).not.toContain(issue.code)
    }
  }
}

test('a preset with its own vocabulary and enough text is fine', () => {
  expect(validateConfig({ config: pocket, tokenizerVocab: 512, tokens: { train: 10_000, val: 1000 } })).toEqual([])
})

test('width 100 with 8 heads offers 96 and 104', () => {
  const context = { config: { ...pocket, nEmbd: 100, nHead: 8 } }
  const [issue] = validateConfig(context)
  expect(issue).toMatchObject({ code: 'width_not_divisible', severity: 'error' })
  expect(issue?.message).toBe('Width 100 cannot be split into 8 heads. Use 96 or 104.')
  expect(issue?.fixes.map((f) => f.patch)).toEqual([{ nEmbd: 96 }, { nEmbd: 104 }])
  expectFixesToWork(context)
})

test('more heads than width', () => {
  const context = { config: { ...pocket, nEmbd: 6, nHead: 9 } }
  expect(validateConfig(context)[0]?.code).toBe('more_heads_than_width')
  expectFixesToWork(context)
})

test('a text shorter than the context proposes one that fits', () => {
  const context = { config: { ...pocket, nPositions: 256 }, tokens: { train: 30, val: 20 }, characters: 50 }
  const [issue] = validateConfig(context)
  expect(issue?.message).toBe(
    '50 characters = 30 tokens for training; one example needs 257. Use context 16, or add text.',
  )
  expectFixesToWork(context)
  expect(validateConfig({ config: pocket, tokens: { train: 1, val: 0 } })[0]?.fixes).toEqual([])
})

test('a short validation part is a warning with a fix', () => {
  const context = { config: pocket, tokens: { train: 5000, val: 40 } }
  expect(validateConfig(context)[0]).toMatchObject({ code: 'val_too_short', severity: 'warning' })
  expectFixesToWork(context)
})

test('a tokenizer of another size', () => {
  const context = { config: pocket, tokenizerVocab: 65 }
  expect(validateConfig(context)[0]?.code).toBe('vocab_mismatch')
  expectFixesToWork(context)
})
