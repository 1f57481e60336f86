import { describe, expect, it } from 'vitest'
import { cutOf } from './kernels/matmul-tile.ts'
import { direct, tiled, tileName, tuningFor, withoutSubgroups } from './tuning.ts'

const product = (m: number, n: number, k: number, layout: 'nn' | 'nt' | 'tn' = 'nn') => ({ layout, m, n, k })

describe('tuningFor', () => {
  it('gives a software adapter no tiles in workgroup memory', () => {
    const { tile, smallTiles } = tuningFor(true)
    expect([tile, ...smallTiles].map(({ kind }) => kind)).not.toContain('tiled')
  })

  it('does without subgroup operations where the device has none', () => {
    const { tile, smallTiles } = withoutSubgroups(tuningFor(true))
    expect([tile, ...smallTiles].map(({ kind }) => kind)).toEqual(['direct', 'direct', 'direct', 'direct'])
    expect(withoutSubgroups(tuningFor(false))).toEqual(tuningFor(false))
  })

  it('names a tile by the results of a workgroup and of a thread', () => {
    expect(tileName(tiled(64, 128, 16, 8))).toBe('tiled 64 x 128 x 16, 8 x 8 a thread')
    expect(tileName(direct(4, 1, 16, 8))).toBe('direct 32 x 64, 4 x 4 a thread')
  })
})

describe('cutOf', () => {
  const software = tuningFor(true)
  const hardware = tuningFor(false)

  it('takes large tiles for large products and smaller ones where those would reach past the edges', () => {
    expect(cutOf(software, product(512, 512, 512)).tile).toEqual(software.tile)
    expect(cutOf(software, product(512, 384, 128)).tile).toEqual(software.smallTiles[0])
    expect(cutOf(software, product(8, 8, 2 ** 15)).tile).toEqual(software.smallTiles.at(-1))
    expect(cutOf(software, product(8, 8, 4096)).tile).toMatchObject({ kind: 'direct' })
    expect(cutOf(software, product(8, 8, 64)).tile).toMatchObject({ kind: 'direct' })
    expect(cutOf(hardware, product(2048, 2048, 2048))).toEqual({ tile: hardware.tile, kPart: null })
  })

  it('gives the product of one row a thread for every four results', () => {
    expect(cutOf(software, product(1, 768, 768)).tile).toMatchObject({ kind: 'direct', rows: 1, cols: 1 })
  })

  it('cuts a long k where few results would leave most of a card idle, into parts of whole turns', () => {
    const { kPart } = cutOf(hardware, product(128, 128, 8192, 'tn'))
    expect(kPart).not.toBeNull()
    expect(kPart! % 16).toBe(0)
    expect(kPart!).toBeGreaterThanOrEqual(128)
    expect(cutOf(hardware, product(128, 128, 200, 'tn')).kPart).toBeNull()
    expect(cutOf(software, product(128, 128, 8192, 'tn')).kPart).toBeNull()
  })
})
