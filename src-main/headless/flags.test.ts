import { expect, test } from 'vitest'
import { helpText, readFlags } from './flags.ts'

const flags = {
  data: { kind: 'text', value: 'FILE', help: 'text to learn', required: true },
  steps: { kind: 'integer', value: 'N', help: 'steps', min: 1 },
  lr: { kind: 'number', value: 'X', help: 'learning rate', min: 0, max: 10 },
  backend: { kind: 'text', value: 'NAME', help: 'backend', oneOf: ['webgpu', 'cpu'] },
  resume: { kind: 'switch', help: 'go on' },
} as const

test('reads what is given and leaves the rest open', () => {
  expect(readFlags(flags, ['--data', 'a.txt', '--steps=20', '--resume'])).toEqual({
    data: 'a.txt',
    steps: 20,
    lr: undefined,
    backend: undefined,
    resume: true,
  })
})

test.each([
  [[], '--data FILE is missing'],
  [['--data', 'x', '--step', '3'], "Unknown option '--step'"],
  [['--data', 'x', 'y'], 'Unexpected argument'],
  [['--data', 'x', '--steps', 'ten'], '--steps takes a whole number from 1, not "ten"'],
  [['--data', 'x', '--steps', '1.5'], 'a whole number'],
  [['--data', 'x', '--steps', '0'], '--steps takes a whole number from 1, not "0"'],
  [['--data', 'x', '--lr', '11'], '--lr takes a number from 0 to 10, not "11"'],
  [['--data', 'x', '--backend', 'tpu'], '--backend is webgpu or cpu, not "tpu"'],
])('%j is refused with the reason', (args, message) => {
  expect(() => readFlags(flags, args)).toThrow(message)
})

test('help names every flag', () => {
  const text = helpText('usage', flags)
  for (const name of Object.keys(flags)) expect(text).toContain(`--${name}`)
})
