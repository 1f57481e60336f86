import { describe, expect, it } from 'vitest'
import { permitted, quirksOf, type AdapterTraits } from './quirks.ts'
import { tuningFor } from './tuning.ts'

const adapter = (given: Partial<AdapterTraits>): AdapterTraits => ({
  ...{ vendor: 'nvidia', architecture: 'ampere', description: '', subgroupMinSize: 32, subgroupMaxSize: 32 },
  ...given,
})
const UHD = adapter({ vendor: 'intel', architecture: 'gen-12lp', subgroupMinSize: 8 })

describe('quirksOf', () => {
  it('says nothing of an adapter that is not known for a fault', () => {
    expect(quirksOf(adapter({}))).toEqual({ quirks: [], switches: {} })
  })

  it('switches off what the adapter gets wrong, with the thread that told of it', () => {
    expect(quirksOf(UHD)).toMatchObject({
      quirks: [{ source: expect.stringContaining('4035') }],
      switches: { subgroups: false },
    })
    expect(quirksOf(adapter({ vendor: 'intel', architecture: 'xe-lpg' })).switches).toEqual({ f16: false })
    expect(
      quirksOf(adapter({ vendor: 'intel', architecture: '', description: 'Intel(R) Arc(TM) Meteor Lake' })).switches,
    ).toEqual({ f16: false })
  })

  it('adds up several', () => {
    const both = adapter({ vendor: 'intel', architecture: 'xe-lpg', subgroupMinSize: 0 })
    expect(quirksOf(both).switches).toEqual({ f16: false, subgroups: false })
    expect(quirksOf(both).quirks).toHaveLength(2)
  })
})

describe('permitted', () => {
  const software = tuningFor(true)
  const kinds = (tuning: typeof software) => tuning.smallTiles.map(({ kind }) => kind)

  it('keeps subgroup operations only where the device has them and gets them right', () => {
    expect(permitted(software, adapter({}), new Set(['subgroups']))).toBe(software)
    expect(kinds(permitted(software, adapter({}), new Set()))).not.toContain('quad')
    expect(kinds(permitted(software, UHD, new Set(['subgroups'])))).not.toContain('quad')
  })
})
