import type { Fact, FactGroup } from '../profile/profile.ts'
import type { TuningReport } from './autotune/report.ts'
import type { OpenDevice } from './device.ts'
import { tileName, type Tuning } from './tuning.ts'

const YES = 'yes'
const NO = 'no'

/** Features of the adapter that the engine asks for or would gain by, and what each of them is for. */
const FEATURES: [name: string, title: string, why: string][] = [
  ['shader-f16', '16-bit floats', 'With them mixed precision takes half the memory for activations'],
  ['subgroups', 'Subgroups', 'With them threads of a group exchange numbers without memory'],
  ['timestamp-query', 'Timestamps', 'With them a profile takes its times from the device itself'],
]

/** Limits that decide what fits, and why they matter. */
const LIMITS: [name: keyof GPUSupportedLimits & string, title: string, bytes: boolean, why: string][] = [
  ['maxBufferSize', 'Largest buffer', true, 'Parameters that need more are spread over several.'],
  ['maxStorageBufferBindingSize', 'Largest binding', true, 'A larger tensor is cut into parts where that can be done.'],
  ['maxComputeWorkgroupStorageSize', 'Memory of a workgroup', true, 'Tiles of large products are kept there.'],
  ['maxComputeInvocationsPerWorkgroup', 'Threads of a workgroup', false, 'More threads can share a tile.'],
  ['maxStorageBuffersPerShaderStage', 'Buffers of one kernel', false, 'As many tensors can be fused into one pass.'],
]

/** What a WebGPU device says of itself, and what was made of it. */
export function deviceFacts(
  { device, info, adapterInfo }: OpenDevice,
  tuning: Tuning,
  report: TuningReport | null,
): FactGroup[] {
  return [
    { title: 'Adapter', facts: adapterFacts(adapterInfo, info.fallback) },
    { title: 'Features', facts: FEATURES.map(([name, title, why]) => featureFact(device, name, title, why, info.f16)) },
    {
      title: 'Limits',
      facts: LIMITS.map(([name, title, bytes, why]) => {
        const value = device.limits[name] as number
        return { name: title, value: bytes ? byteText(value) : value.toLocaleString('en'), why }
      }),
    },
    {
      title: 'Kernels',
      facts: report ? [...reportFacts(report), ...tuningFacts(tuning)] : [tileFact(tuning), ...tuningFacts(tuning)],
    },
    ...(report ? [{ title: 'Checks of the kernels', facts: checkFacts(report) }] : []),
  ]
}

function adapterFacts(adapter: GPUAdapterInfo, fallback: boolean): Fact[] {
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize } = adapter
  const named: [string, string][] = [
    ['Vendor', vendor],
    ['Architecture', architecture],
    ['Device', device],
    ['Description', description],
  ]
  const facts: Fact[] = named.filter(([, value]) => value).map(([name, value]) => ({ name, value }))
  facts.push({
    name: 'Kind',
    value: fallback ? 'software' : 'graphics card',
    why: fallback
      ? 'The processor plays a graphics card; its own backend is many times faster.'
      : 'The fastest adapter that WebGPU has here.',
  })
  if (subgroupMaxSize > 0) {
    const size = subgroupMinSize === subgroupMaxSize ? `${subgroupMinSize}` : `${subgroupMinSize} to ${subgroupMaxSize}`
    facts.push({ name: 'Threads of a subgroup', value: size, why: 'As the adapter states it; no kernel relies on it.' })
  }
  return facts
}

function featureFact(device: GPUDevice, name: string, title: string, why: string, f16 = false): Fact {
  const has = device.features.has(name)
  const unused = has && name === 'shader-f16' && !f16
  return { name: title, value: unused ? 'yes, but not used' : has ? YES : NO, why: `${why} (${name}).` }
}

const tileFact = ({ tile }: Tuning): Fact => ({ name: 'Large matrix products', value: inSigns(tileName(tile)) })

function tuningFacts({ threads, rowGroup, flatGroup }: Tuning): Fact[] {
  return [
    {
      name: 'Threads of a workgroup',
      value: `${rowGroup} where each has a row, ${flatGroup} where each has a number`,
    },
    {
      name: 'Parts of a reduction',
      value: `about ${threads.toLocaleString('en')}`,
      why: 'So many threads keep it busy.',
    },
  ]
}

function reportFacts({ origin, because, choices, quirks }: TuningReport): Fact[] {
  const ORIGIN = {
    measured: 'timed just now',
    cached: 'timed before',
    shipped: 'by the table that comes with the studio',
  }
  return [
    { name: 'Chosen', value: ORIGIN[origin], why: because },
    ...choices.map(({ shapes, variant, timings }) => ({
      name: shapes,
      value: inSigns(variant),
      ...(timings.length > 0 && { why: timings.map(timingText).join('; ') }),
    })),
    ...quirks.map(({ id, what, source }) => ({ name: `Known fault: ${id}`, value: what, why: source })),
  ]
}

/** "16 x 8" as it is printed. */
const inSigns = (variant: string) => variant.replaceAll(' x ', ' × ')

function timingText({ variant, ms, gflops }: TuningReport['choices'][number]['timings'][number]): string {
  const name = inSigns(variant)
  if (ms === null) return `${name} not timed`
  return `${name} ${ms.toFixed(2)} ms${gflops === null ? '' : `, ${gflops.toFixed(1)} GFLOP/s`}`
}

function checkFacts({ checks }: TuningReport): Fact[] {
  if (checks.length === 0) return [{ name: 'None', value: 'no kernel was checked yet' }]
  return checks.map(({ variant, passed, maxError, tolerance, problem }) => {
    const error = maxError === null ? 'no number' : maxError.toExponential(1)
    return {
      name: inSigns(variant),
      value: passed ? 'passed' : 'failed, not used',
      why: problem ?? `Largest error ${error} beside float64, ${tolerance.toExponential(1)} allowed.`,
    }
  })
}

function byteText(bytes: number): string {
  const [unit, size] = bytes >= 2 ** 30 ? ['GiB', 2 ** 30] : bytes >= 2 ** 20 ? ['MiB', 2 ** 20] : ['KiB', 2 ** 10]
  return `${(bytes / Number(size)).toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`
}
