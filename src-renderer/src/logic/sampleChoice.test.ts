import { expect, it } from 'vitest'
import type { Probe } from '@shared/contract/schemas.ts'
import {
  importTime,
  plannedReading,
  proposedSample,
  sampleReason,
  sampleSizes,
  sampleTaken,
  sampleWays,
} from './sampleChoice.ts'

const MIB = 1024 * 1024
const probe = (kind: Probe['kind'], bytes: number, gzip = false) => ({ kind, gzip, source: { bytes } }) as Probe

it('offers samples of large files whose lines stand for themselves', () => {
  expect(sampleWays(probe('text', 5e9))).toEqual(['spread', 'start'])
  expect(sampleWays(probe('csv', 5e9))).toEqual(['start'])
  expect(sampleWays(probe('text', 5e6))).toEqual([])
  expect(sampleWays(probe('text', 5e9, true))).toEqual([])
  expect(sampleWays(probe('json', 5e9))).toEqual([])
  expect(sampleSizes(300 * MIB)).toEqual([64 * MIB, 256 * MIB])
})

it('takes a sample only of a file that still allows it', () => {
  const sample = { bytes: 64 * MIB, from: 'spread' as const }
  expect(sampleTaken(probe('text', 5e9), sample)).toEqual(sample)
  expect(sampleTaken(probe('csv', 5e9), sample)).toBeNull()
  expect(sampleTaken(probe('text', 5e9), null)).toBeNull()
  expect(sampleTaken(null, sample)).toBeNull()
})

it('proposes the smallest sample that the planned training does not read twice', () => {
  expect(proposedSample(5e9, 10e6)).toBe(64 * MIB)
  expect(proposedSample(5e9, 100e6)).toBe(256 * MIB)
  expect(proposedSample(300e6, 299e6)).toBeNull()
  const { bytes, model } = plannedReading(5e9, { kind: 'cpu', threads: 2 })
  expect(bytes).toBeLessThan(5e9)
  expect(sampleReason(5e9, 'pretrain', { kind: 'cpu', threads: 2 })).toContain(`of a ${model} model, reads about`)
})

it('says how long an import takes, no finer than it is known', () => {
  expect(importTime(64 * MIB)).toBe('a few seconds')
  expect(importTime(5e9)).toMatch(/^2 to 6\smin$/)
})
