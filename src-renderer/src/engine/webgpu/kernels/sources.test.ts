import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = import.meta.dirname
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.wgsl'))
const code = (name: string) => readFileSync(join(folder, name), 'utf8').replace(/\/\/.*/g, '')

/** Kernels that no software adapter is given: see tuning.test.ts. */
const HARDWARE = ['matmul_tiled.wgsl']

describe.each(names)('%s', (name) => {
  it.skipIf(HARDWARE.includes(name))(
    'needs no barrier and no workgroup memory, dearest of all to a software adapter',
    () => {
      expect(code(name)).not.toMatch(/workgroupBarrier|storageBarrier|var<workgroup>/)
    },
  )

  it('assumes nothing about the size of a subgroup: of its operations only those of a quad, which is four threads everywhere', () => {
    const words = code(name).match(/\b\w*(subgroup|quad)\w*/gi) ?? []
    expect(words.filter((word) => !/^(QUAD|quadSwap[XY]|subgroup_invocation_id)$/.test(word))).toEqual([])
  })

  it('gives every variable its first value: Dawn keeps an old one where a loop comes round again', () => {
    const functions = code(name).replace(/^@group.*$/gm, '')
    expect([...functions.matchAll(/^.*\bvar\s+\w+\s*:[^=;]*;.*$/gm)].map(([line]) => line.trim())).toEqual([])
  })
})

it('there are kernels to look at', () => {
  expect(names.length).toBeGreaterThan(15)
})
