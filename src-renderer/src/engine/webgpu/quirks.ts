import type { AppliedQuirk } from './autotune/report.ts'
import { withoutSubgroups, type Tuning } from './tuning.ts'

/** What tells one kind of adapter from another. */
export type AdapterTraits = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'description'> &
  Partial<Pick<GPUAdapterInfo, 'subgroupMinSize' | 'subgroupMaxSize'>>

/** What is left out because of a fault. */
export interface Switches {
  subgroups?: false
  f16?: false
}

interface Quirk extends AppliedQuirk {
  applies(adapter: AdapterTraits): boolean
  switches: Switches
}

/** Known faults of adapters, each with the thread that tells of it. The check beside float64 finds those that nobody told of. */
const QUIRKS: readonly Quirk[] = [
  {
    id: 'subgroup size untold',
    what: 'The adapter states a subgroup size of 0, so no subgroup operation is used.',
    source: 'github.com/tracel-ai/cubecl/issues/887',
    applies: ({ subgroupMinSize, subgroupMaxSize }) => subgroupMinSize === 0 || subgroupMaxSize === 0,
    switches: { subgroups: false },
  },
  {
    id: 'Intel subgroup size',
    what: 'Intel graphics of this generation state one subgroup size and run another, so no subgroup operation is used.',
    source: 'github.com/gpuweb/cts/issues/4035',
    applies: ({ vendor, architecture }) => vendor === 'intel' && /^gen-(9|11|12)/.test(architecture),
    switches: { subgroups: false },
  },
  {
    id: 'Intel Xe-LPG 16-bit tiles',
    what: 'Kernels that keep 16-bit floats in workgroup memory give wrong numbers on Intel Xe-LPG, so 16-bit floats are not offered.',
    source: 'github.com/ggml-org/llama.cpp/issues/25748',
    applies: ({ vendor, architecture, description }) =>
      vendor === 'intel' && (/^xe-lpg/.test(architecture) || /meteor ?lake|arrow ?lake|xe-?lpg/i.test(description)),
    switches: { f16: false },
  },
]

/** The faults that an adapter is known for, and what they switch off in all. */
export function quirksOf(adapter: AdapterTraits): { quirks: AppliedQuirk[]; switches: Switches } {
  const found = QUIRKS.filter(({ applies }) => applies(adapter))
  return {
    quirks: found.map(({ id, what, source }) => ({ id, what, source })),
    switches: Object.assign({}, ...found.map(({ switches }) => switches)) as Switches,
  }
}

/** The tuning without what the adapter's faults or the device's features rule out. */
export function permitted(tuning: Tuning, adapter: AdapterTraits, features: ReadonlySet<string>): Tuning {
  const usable = features.has('subgroups') && quirksOf(adapter).switches.subgroups !== false
  return usable ? tuning : withoutSubgroups(tuning)
}
