import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import type { InvalidBytes, TextEncoding } from '@shared/contract/schemas.ts'
import { Utf8Validator } from '@shared/text/utf8.ts'
import { Utf16Validator } from '../io/utf16.ts'
import { textDecoder } from './text-decoder.ts'

/** Invalid bytes of a text: how many, and the physical line of the first. */
export interface Faults {
  bytes: number
  line: number
}

interface Validator {
  push(bytes: Uint8Array): void
  end(): Faults | null
}

/** A check of bytes against an encoding that counts what is invalid in it. */
export function createValidator(encoding: TextEncoding): Validator {
  if (encoding === 'utf-8') return new Utf8Validator()
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return new Utf16Validator(encoding)
  return new LegacyValidator(encoding)
}

/** For the encodings of before Unicode: what their decoder replaces counts as one byte each. */
class LegacyValidator implements Validator {
  private readonly decoder: ReturnType<typeof textDecoder>
  private line = 1
  private faults: Faults | null = null

  constructor(encoding: TextEncoding) {
    this.decoder = textDecoder(encoding)
  }

  push(bytes: Uint8Array): void {
    this.look(this.decoder.decode(bytes, { stream: true }))
  }

  end(): Faults | null {
    this.look(this.decoder.decode())
    return this.faults
  }

  private look(text: string): void {
    for (const mark of text.matchAll(/\n|\uFFFD/g)) {
      if (mark[0] === '\n') this.line++
      else if (this.faults) this.faults.bytes++
      else this.faults = { bytes: 1, line: this.line }
    }
  }
}

/** Bytes to text over chunks cut anywhere; a byte order mark at the beginning is taken off. */
export interface Decoder {
  /** Throws a TypeError at invalid bytes when they are refused. */
  push(bytes: Uint8Array): string
  end(): string
  /** Invalid bytes that were replaced, or whose lines were left out. */
  readonly invalidBytes: number
}

export function createDecoder(encoding: TextEncoding, handling: InvalidBytes = 'refuse'): Decoder {
  if (handling === 'replace') return new ReplacingDecoder(encoding)
  if (handling === 'drop-lines') return new LineDroppingDecoder(encoding)
  const decoder = textDecoder(encoding, { fatal: true })
  return { push: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode(), invalidBytes: 0 }
}

class ReplacingDecoder implements Decoder {
  invalidBytes = 0
  private readonly decoder: ReturnType<typeof textDecoder>
  private readonly validator: Validator

  constructor(encoding: TextEncoding) {
    this.decoder = textDecoder(encoding)
    this.validator = createValidator(encoding)
  }

  push(bytes: Uint8Array): string {
    this.validator.push(bytes)
    return this.decoder.decode(bytes, { stream: true })
  }

  end(): string {
    this.invalidBytes = this.validator.end()?.bytes ?? 0
    return this.decoder.decode()
  }
}

/**
 * Decodes line by line where a block of whole lines is not valid. In every encoding offered but UTF-16 the byte 0x0A means a line's
 * end wherever it stands (never the second half of a character), so bytes can be cut there before they are understood.
 */
class LineDroppingDecoder implements Decoder {
  invalidBytes = 0
  private pending = Buffer.alloc(0)
  private readonly width: 1 | 2
  private isFirst = true

  constructor(private readonly encoding: TextEncoding) {
    this.width = encoding.startsWith('utf-16') ? 2 : 1
  }

  push(bytes: Uint8Array): string {
    const all = Buffer.concat([this.pending, bytes])
    const end = this.lastLineEnd(all)
    this.pending = Buffer.from(all.subarray(end))
    if (this.pending.length > LIMITS.lineBytes * this.width) {
      throw new AppError({
        code: 'unsupported',
        message: `A line is longer than ${LIMITS.lineBytes / 1024 / 1024} million characters; leaving out lines makes no sense here.`,
        hint: 'Choose to replace the invalid bytes instead.',
      })
    }
    return this.lines(all.subarray(0, end))
  }

  end(): string {
    return this.lines(this.pending)
  }

  private lines(block: Uint8Array): string {
    if (block.length === 0) return ''
    const whole = this.strictly(block)
    if (whole !== null) return whole
    let text = ''
    for (let start = 0; start < block.length;) {
      const end = this.nextLineEnd(block, start)
      const line = block.subarray(start, end)
      text += this.strictly(line) ?? this.drop(line)
      start = end
    }
    return text
  }

  private strictly(bytes: Uint8Array): string | null {
    try {
      // Only the very beginning of the file has a byte order mark; later the same character belongs to the text.
      const text = textDecoder(this.encoding, { fatal: true, ignoreBOM: !this.isFirst }).decode(bytes)
      this.isFirst = false
      return text
    } catch {
      return null
    }
  }

  private drop(line: Uint8Array): string {
    const validator = createValidator(this.encoding)
    validator.push(line)
    this.invalidBytes += validator.end()?.bytes ?? 0
    this.isFirst = false
    return ''
  }

  /** Behind the line end at or after `from`, or the end of the bytes. */
  private nextLineEnd(bytes: Uint8Array, from: number): number {
    for (let at = bytes.indexOf(0x0a, from); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
      if (this.endsLine(bytes, at)) return this.behind(at)
    }
    return bytes.length
  }

  private lastLineEnd(bytes: Uint8Array): number {
    for (let at = bytes.lastIndexOf(0x0a); at >= 0; at = at > 0 ? bytes.lastIndexOf(0x0a, at - 1) : -1) {
      if (this.endsLine(bytes, at) && this.behind(at) <= bytes.length) return this.behind(at)
    }
    return 0
  }

  private behind(at: number): number {
    return this.encoding === 'utf-16le' ? at + 2 : at + 1
  }

  private endsLine(bytes: Uint8Array, at: number): boolean {
    if (this.width === 1) return true
    const isLittle = this.encoding === 'utf-16le'
    return at % 2 === (isLittle ? 0 : 1) && bytes[isLittle ? at + 1 : at - 1] === 0
  }
}
