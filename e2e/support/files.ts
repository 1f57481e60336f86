import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A dataset folder of test files, made here so that nothing is borrowed. */
export class TestFiles {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true })
  }

  /** Writes a file; returns its path. */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name)
    writeFileSync(path, content)
    return path
  }
}

/** The first bytes of a PNG, with some more behind. */
export const PNG = Uint8Array.from([
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
  ...Array.from({ length: 200 }, (_, i) => i % 256),
])

const SUBJECTS = ['The old king', 'A small bird', 'My brother', 'The quiet girl', 'Our neighbour', 'The baker']
const VERBS = ['walked to', 'looked at', 'thought of', 'ran from', 'sang about', 'remembered']
const PLACES = ['the river', 'the dark wood', 'the market', 'a long road', 'the house on the hill', 'the sea']

/** About `bytes` of plain English with a structure that a small model learns quickly. */
export function plainText(bytes: number): string {
  const lines: string[] = []
  let length = 0
  for (let i = 0; length < bytes; i++) {
    const of = <T>(list: T[], step: number) => list[(i * step + (i >> 3)) % list.length] as T
    const line = `${of(SUBJECTS, 5)} ${of(VERBS, 7)} ${of(PLACES, 11)}.${i % 6 === 5 ? '\n' : ''}`
    lines.push(line)
    length += line.length + 1
  }
  return lines.join('\n')
}

/** Text as UTF-16 with a byte order mark. */
export function utf16le(text: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 + text.length * 2))
  view.setUint16(0, 0xfeff, true)
  for (let i = 0; i < text.length; i++) view.setUint16(2 + i * 2, text.charCodeAt(i), true)
  return new Uint8Array(view.buffer)
}
