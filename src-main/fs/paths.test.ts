import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPaths } from './paths.ts'

const paths = createPaths('/data')

describe('paths', () => {
  it('lays the folder out', () => {
    expect(paths.checkpoint('run-1', '00000010-ab')).toBe(join('/data', 'runs', 'run-1', 'checkpoints', '00000010-ab'))
    expect(paths.shard('d', 't', 'train-000000.bin')).toBe(
      join('/data', 'datasets', 'd', 'tokens', 't', 'train-000000.bin'),
    )
  })
  it.each(['..', '.', '', 'a/b', 'a\\b', '../x', 'A', '-a', 'a\0', 'a'.repeat(65)])('refuses the id %j', (id) => {
    expect(() => paths.run(id)).toThrow('not an id')
    expect(() => paths.checkpoint('run', id)).toThrow('not an id')
    expect(() => paths.tokens('data', id)).toThrow('not an id')
  })
  it.each(['..', '.tmp', '', 'a/b', 'a\\b', 'a\0.bin', 'C:x'])('refuses the file name %j', (name) => {
    expect(() => paths.shard('data', 'tok', name)).toThrow('file name')
  })
})
