import { describe, expect, it } from 'vitest'
import { previewRows, type PreviewInput } from './runPreview.ts'
import { testRun } from './testing/run.ts'

const run = testRun()
const input: PreviewInput = {
  kind: 'pretrain',
  config: run.config,
  head: { kind: 'lm' },
  settings: run.settings,
  examples: 1000,
  seqLen: run.config.nPositions,
  hardware: 'SwiftShader (software GPU)',
  device: { kind: 'software', threads: 1 },
  adapter: 'SwiftShader',
  runs: [],
  changed: 0,
}
const row = (more: Partial<PreviewInput>, label: string) =>
  previewRows({ ...input, ...more }).find((one) => one.label === label)?.value

describe('previewRows', () => {
  it('says length in steps and passes, and the batch in tokens', () => {
    expect(row({}, 'Length')).toBe('1,000 steps, 8.0 passes')
    expect(row({}, 'Batch')).toBe(`8 × ${run.config.nPositions} tokens`)
  })

  it('says what learns where it is not everything', () => {
    expect(row({}, 'Learning')).toBeUndefined()
    expect(row({ kind: 'instruct' }, 'Method')).toBe('Finetune all weights')
    const settings = { ...run.settings, trainable: { kind: 'last_blocks', blocks: 1 } } as const
    expect(row({ kind: 'instruct', settings }, 'Method')).toBe('The last block')
    expect(row({ settings }, 'Learning')).toMatch(/^[\d,]+ of [\d,]+ parameters$/)
  })

  it('counts the batches of a step', () => {
    const settings = { ...run.settings, accumulation: 4 }
    expect(row({ settings }, 'Length')).toBe('1,000 steps, 32 passes')
    expect(row({ settings }, 'Batch')).toBe(`4 batches of 8 × ${run.config.nPositions} tokens`)
  })

  it('plans the memory of the run as it is set', () => {
    const plain = row({}, 'Memory')
    expect(plain).toMatch(/B$/)
    expect(row({ settings: { ...run.settings, recompute: 2 } }, 'Memory')).not.toBe(plain)
    expect(row({ settings: { ...run.settings, precision: 'mixed' } }, 'Memory')).toMatch(/B in mixed precision$/)
  })

  it('gives a range of time, and says where nothing was measured', () => {
    expect(row({}, 'Time')).toMatch(/ to .+, reckoned$/)
    const measured = testRun({
      backend: { kind: 'webgpu', adapter: 'SwiftShader' },
      elapsedMs: 60_000,
      tokensSeen: 1000 * 8 * run.config.nPositions,
    })
    expect(row({ runs: [measured] }, 'Time')).toBe('48\u202fs to 1\u202fmin 15\u202fs')
  })

  it('counts what was set by hand', () => {
    expect(row({}, 'Set by you')).toBe('nothing')
    expect(row({ changed: 2 }, 'Set by you')).toBe('2 of the settings')
  })
})
