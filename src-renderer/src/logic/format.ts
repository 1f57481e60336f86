/** Narrow no-break space: figures and unit stay on one line. */
const NARROW = '\u202f'

/** Kept, since `toLocaleString` makes one for every number, which takes longer than drawing it. */
const COUNT = new Intl.NumberFormat('en-US')

/** 1234567 -> "1,234,567". */
export const formatCount = (n: number): string => COUNT.format(Math.round(n))

/** A count with what it counts: "1 step", "3,500 steps". */
export const counted = (n: number, noun: string): string => `${formatCount(n)} ${noun}${n === 1 ? '' : 's'}`

/** 1234567 -> "1.23 M": three figures, for counts whose order of size is what matters. */
export function formatShort(n: number): string {
  const units: [number, string][] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ]
  for (const [size, unit] of units) {
    // 999,600 would round up to "1000 k": it takes the next unit.
    if (Math.abs(n) >= size * 0.9995) return `${figures(n / size)}${NARROW}${unit}`
  }
  return Number.isInteger(n) ? String(n) : figures(n)
}

function figures(n: number): string {
  return String(Number(n.toPrecision(3)))
}

/** Bytes in binary units: 1536 -> "1.5 KiB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)}${NARROW}${units[unit]}`
}

/** A length of time in its two largest units: 3725 s -> "1 h 2 min". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds}${NARROW}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10 && seconds % 60 > 0) return `${minutes}${NARROW}min ${seconds % 60}${NARROW}s`
  if (minutes < 60) return `${minutes}${NARROW}min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.floor(hours / 24)}${NARROW}d ${hours % 24}${NARROW}h`
  return minutes % 60 > 0 ? `${hours}${NARROW}h ${minutes % 60}${NARROW}min` : `${hours}${NARROW}h`
}

/** Two durations, as formatDuration writes them, as one range: "2 min" and "8 min" are "2 to 8 min". */
export function durationRange(from: string, to: string): string {
  const [amount, unit, ...more] = from.split(NARROW)
  const sharesUnit = more.length === 0 && to.split(NARROW).length === 2 && to.endsWith(`${NARROW}${unit}`)
  return from === to ? to : `${sharesUnit ? amount : from} to ${to}`
}

/** 0.8641 -> "86.4 %". */
export const formatPercent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)}${NARROW}%`

/** A loss in nats, to the thousandth; a dash when there is none. */
export const formatLoss = (loss: number | null | undefined): string =>
  loss === null || loss === undefined ? '–' : loss.toFixed(3)

/** "just now", "5 min ago", "yesterday", else the date. `now` and `iso` in the same clock. */
export function formatAgo(iso: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000)
  if (seconds < 60) return 'just now'
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  if (seconds < 172_800) return 'yesterday'
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} days ago`
  return new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
}
