/** The number a person typed ("0.0005", "5e-4", "1,000", "1 000"), or null when it is none. */
export function parseNumber(text: string): number | null {
  const compact = text.trim().replace(/(?<=\d)[,\s](?=\d{3}(\D|$))/g, '')
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(compact)) return null
  const value = Number(compact)
  return Number.isFinite(value) ? value : null
}

/** A number as it stands in an input: every digit that matters and nothing else. */
export function formatInput(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential()
  return String(Number(value.toPrecision(12)))
}

export const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))

/** `value + step` without the noise of binary fractions (0.1 + 0.2 = 0.3). */
export const stepBy = (value: number, step: number): number => Number((value + step).toPrecision(12))
