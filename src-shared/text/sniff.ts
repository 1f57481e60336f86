import type { TextEncoding } from '../contract/schemas.ts'
import { sniffUtf16 } from './sniff-utf16.ts'

/** What the first bytes of a file show: something to open first, something that is no text at all, or text in an encoding. */
export type Sniffed =
  | { container: Container; binary?: undefined; encoding?: undefined }
  | { binary: string; container?: undefined; encoding?: undefined }
  | { encoding: TextEncoding; by: 'mark' | 'nul' | 'default'; binary?: undefined; container?: undefined }

/** Files with text inside that have to be opened first. */
type Container = 'gzip' | 'zip' | 'pdf' | 'parquet'

const CONTAINERS: readonly [bytes: readonly number[], name: Container][] = [
  [[0x1f, 0x8b], 'gzip'],
  [[0x50, 0x4b, 0x03, 0x04], 'zip'],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'pdf'],
  [[0x50, 0x41, 0x52, 0x31], 'parquet'],
]

/** Magic numbers of what people drop by mistake. */
const MAGIC: readonly [bytes: readonly number[], name: string][] = [
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  [[0x47, 0x49, 0x46, 0x38], 'a GIF image'],
  [[0x52, 0x49, 0x46, 0x46], 'an image, sound or video (RIFF)'],
  [[0x50, 0x4b, 0x05, 0x06], 'an empty ZIP archive'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7-Zip archive'],
  [[0x42, 0x5a, 0x68], 'a bzip2 archive'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'an xz archive'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'a Zstandard archive'],
  [[0x52, 0x61, 0x72, 0x21], 'a RAR archive'],
  [[0x7b, 0x5c, 0x72, 0x74, 0x66], 'a rich-text (RTF) document'],
  [[0x49, 0x44, 0x33], 'an MP3 sound'],
  [[0x4f, 0x67, 0x67, 0x53], 'an Ogg sound or video'],
  [[0x47, 0x47, 0x55, 0x46], 'a GGUF model'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old office document'],
  [[0x7f, 0x45, 0x4c, 0x46], 'a program'],
  [[0x4d, 0x5a, 0x90, 0x00], 'a program'],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], 'a database'],
]

/** Where a TAR archive says "ustar". */
const TAR_MAGIC_AT = 257

/** Share of control bytes above which bytes are no text in any encoding. */
const MAX_CONTROL_SHARE = 0.02

const startsWith = (bytes: Uint8Array, prefix: readonly number[]) => prefix.every((byte, i) => bytes[i] === byte)

/**
 * What a file is from its first bytes, by content and never by name: a container, or something known that is no text; else the encoding
 * of its text by a byte order mark, by what UTF-16 shows without one, else UTF-8 (which the reader then has to check).
 */
export function sniff(head: Uint8Array): Sniffed {
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return { encoding: 'utf-8', by: 'mark' }
  if (startsWith(head, [0xff, 0xfe])) return { encoding: 'utf-16le', by: 'mark' }
  if (startsWith(head, [0xfe, 0xff])) return { encoding: 'utf-16be', by: 'mark' }
  const container = CONTAINERS.find(([bytes]) => startsWith(head, bytes))
  if (container) return { container: container[1] }
  const magic = MAGIC.find(([bytes]) => startsWith(head, bytes))
  if (magic) return { binary: magic[1] }
  if (startsWith(head.subarray(TAR_MAGIC_AT), [0x75, 0x73, 0x74, 0x61, 0x72])) return { binary: 'a TAR archive' }
  const wide = sniffUtf16(head)
  if (wide) return { encoding: wide, by: 'nul' }
  if (controlBytes(head) > MAX_CONTROL_SHARE * head.length) return { binary: 'binary data' }
  return { encoding: 'utf-8', by: 'default' }
}

/** Bytes that text in an encoding of single bytes never holds; tab, line ends, form feed and escape may be there. */
function controlBytes(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b) count++
  return count
}
