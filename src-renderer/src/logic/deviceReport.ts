import type { FactGroup, Peaks } from '@engine/profile/profile.ts'
import type { StepProfile } from '@engine/profile/step.ts'
import type { ChosenBackend } from '@engine/worker/protocol.ts'
import { formatBytes, formatCount, formatPercent } from './format.ts'
import { formatMs, formatRate, operationMs, shapeText, stepRows, utilisation } from './stepProfile.ts'

export interface DeviceFindings {
  backend: ChosenBackend | null
  groups: readonly FactGroup[]
  peaks: Peaks | null
  profile: StepProfile | null
}

/** Everything on the page as plain text, to be sent to whoever is asked for help. */
export function deviceReport({ backend, groups, peaks, profile }: DeviceFindings, browser: string): string {
  const lines = ['Gradus: this device', '', `Browser: ${browser}`]
  if (backend) lines.push(`In use: ${backend.adapter} (${backend.cause}: ${backend.reason})`)
  for (const { title, facts } of groups) {
    lines.push('', title)
    for (const { name, value, why } of facts) lines.push(`  ${name}: ${value}${why ? ` (${why})` : ''}`)
  }
  if (peaks) lines.push('', 'Measured at most', ...peakLines(peaks).map((line) => `  ${line}`))
  if (profile) lines.push('', ...profileLines(profile, peaks))
  return `${plain(lines.join('\n'))}\n`
}

function peakLines({ f32, f16, copy }: Peaks): string[] {
  return [
    `multiply-adds, 32 bit: ${formatRate(f32, 'GFLOP/s')}`,
    ...(f16 === null ? [] : [`multiply-adds, 16 bit: ${formatRate(f16, 'GFLOP/s')}`]),
    `copy in memory: ${formatRate(copy, 'GB/s')}`,
  ]
}

function profileLines(profile: StepProfile, peaks: Peaks | null): string[] {
  const { stepMs, tokens, dispatches, submits, bytes, clock } = profile
  return [
    `Training step: ${shapeText(profile)}`,
    `  ${formatMs(stepMs)}, ${formatCount((1000 * tokens) / stepMs)} tokens/s, ${dispatches} dispatches in ${submits} submits, ${formatBytes(bytes)}`,
    ...(peaks ? [`  share of the peak (MFU): ${formatPercent(utilisation(profile, peaks))}`] : []),
    `  operations together: ${formatMs(operationMs(profile))}, by ${clock === 'timestamps' ? 'the device’s timestamps' : 'the clock'}`,
    ...stepRows(profile, peaks, 'size').map(
      ({ name, detail, count, ms, share, gflops, gbytes }) =>
        `  ${formatPercent(share).padStart(6)}  ${formatMs(ms)}  ${name} ${detail}, ${count} of them, ${formatRate(gflops, 'GFLOP/s')}, ${formatRate(gbytes, 'GB/s')}`,
    ),
  ]
}

/** Mail programs and terminals make a mess of narrow spaces. */
const plain = (text: string) => text.replaceAll('\u202f', ' ')
