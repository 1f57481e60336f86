import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = import.meta.dirname
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.wgsl'))
const code = (name: string) => readFileSync(join(folder, name), 'utf8').replace(/\/\/.*/g, '')

describe.each(names)('%s', (name) => {
  it('needs no barrier and no workgroup memory, which cost a software adapter more than all else', () => {
    expect(code(name)).not.toMatch(/workgroupBarrier|storageBarrier|var<workgroup>/)
  })

  it('assumes nothing about subgroups', () => {
    expect(code(name)).not.toMatch(/subgroup/)
  })

  it('gives every variable its first value: Dawn keeps an old one where a loop comes round again', () => {
    const functions = code(name).replace(/^@group.*$/gm, '')
    expect([...functions.matchAll(/^.*\bvar\s+\w+\s*:[^=;]*;.*$/gm)].map(([line]) => line.trim())).toEqual([])
  })
})

it('there are kernels to look at', () => {
  expect(names.length).toBeGreaterThan(15)
})
