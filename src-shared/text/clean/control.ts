import type { TextStep } from './step.ts'

/**
 * Characters that no text needs: the C0 and C1 controls but for tab, LF, CR and NEL; DEL; the byte order mark (U+FEFF), which is one only
 * at the beginning of a file; and the noncharacters of the Basic Multilingual Plane (Unicode 16, 23.7).
 */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const ODD = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufdd0-\ufdef\ufeff\ufffe\uffff]/g

/** How many such characters there are. */
export function countControls(text: string): number {
  let count = 0
  const first = firstControl(text)
  if (first < 0) return 0
  ODD.lastIndex = first
  while (ODD.test(text)) count++
  return count
}

/** Where the first one at or after `from` stands, or -1. By hand: that is twice as fast as the expression. */
export function firstControl(text: string, from = 0): number {
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x20 && unit < 0x7f) continue
    if (unit < 0xa0 ? unit !== 0x0a && unit !== 0x09 && unit !== 0x0d && unit !== 0x85 : isOddHigh(unit)) return i
  }
  return -1
}

const isOddHigh = (unit: number): boolean =>
  unit >= 0xfdd0 && (unit <= 0xfdef || unit === 0xfeff || unit === 0xfffe || unit === 0xffff)

export const stripControls = (text: string): string => (firstControl(text) < 0 ? text : text.replace(ODD, ''))

/** Leaves out byte order marks, control characters and noncharacters. */
export class ControlStep implements TextStep {
  changed = 0

  push(chunk: string): string {
    const text = stripControls(chunk)
    this.changed += chunk.length - text.length
    return text
  }

  end(): string {
    return ''
  }
}
