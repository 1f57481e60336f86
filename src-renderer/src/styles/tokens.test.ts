import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(resolve(import.meta.dirname, 'tokens.css'), 'utf8')

/** Colour of a token on one side of its light-dark() pair, as linear luminance (WCAG 2.2, relative luminance). */
function luminance(token: string, side: 0 | 1): number {
  const pair = new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css)
  const single = new RegExp(`--${token}: (#[0-9a-f]{6});`).exec(css)
  const hex = pair?.[side + 1] ?? single?.[1]
  if (!hex) throw new Error(`tokens.css has no colour --${token}`)
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string, side: 0 | 1): number {
  const [low = 0, high = 0] = [luminance(a, side), luminance(b, side)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const surfaces = ['bg', 'surface', 'surface-sunken', 'surface-hover']
const onSurfaces = ['text', 'text-muted', 'text-faint', 'accent', 'success', 'warn', 'danger']
const textPairs = [
  ...onSurfaces.flatMap((text) => surfaces.map((surface) => [text, surface] as const)),
  ...['accent', 'success', 'warn', 'danger'].flatMap((c) => [
    [c, `${c}-soft`] as const,
    ['text', `${c}-soft`] as const,
  ]),
  ...['text-muted'].flatMap((c) => ['accent', 'success', 'warn', 'danger'].map((on) => [c, `${on}-soft`] as const)),
  ...[1, 2, 3, 4, 5, 6].map((n) => ['text', `pill-${n}`] as const),
  ['on-accent', 'accent-fill'],
  ['on-accent', 'accent-fill-hover'],
  ['on-accent', 'danger-fill'],
  ['on-accent', 'danger-fill-hover'],
  ['tooltip-text', 'tooltip-bg'],
] as const
const graphicPairs = [
  ...[1, 2, 3, 4, 5, 6].map((n) => [`data-${n}`, 'surface'] as const),
  ...surfaces.map((surface) => ['border-control', surface] as const),
  ...surfaces.map((surface) => ['focus', surface] as const),
]

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('contrast in the %s theme', (_, side) => {
  it.each(textPairs)('text %s on %s is at least 4.5 to 1', (text, surface) => {
    expect(contrast(text, surface, side)).toBeGreaterThanOrEqual(4.5)
  })
  it.each(graphicPairs)('%s on %s is at least 3 to 1', (graphic, surface) => {
    expect(contrast(graphic, surface, side)).toBeGreaterThanOrEqual(3)
  })
})
