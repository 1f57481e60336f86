import { LIMITS } from '../contract/limits.ts'

type WritableDtype = 'F32' | 'I32' | 'U8'
type WritableData = Float32Array | Int32Array | Uint8Array

/** A tensor that is to be written: its place in the file follows from name, type and shape alone. */
export interface TensorEntry {
  name: string
  dtype: WritableDtype
  shape: readonly number[]
}

export interface SafetensorsLayout {
  /** Length field, JSON and padding: everything before the data. */
  header: Uint8Array
  /** The entries in file order. */
  entries: TensorEntry[]
  /** Length of the whole file. */
  totalBytes: number
}

const ELEMENT_BYTES: Record<WritableDtype, number> = { F32: 4, I32: 4, U8: 1 }
// The reference writer (huggingface/safetensors src/tensor.rs, `prepare`) puts wide types first, so that all stay aligned.
const FILE_ORDER: Record<WritableDtype, number> = { F32: 0, I32: 1, U8: 2 }

const byteLength = (entry: TensorEntry) => entry.shape.reduce((product, n) => product * n, ELEMENT_BYTES[entry.dtype])

/**
 * Lays out a safetensors file without needing its data: sorted as the reference writer sorts, header padded with spaces to a
 * multiple of 8, metadata `format: pt` (transformers refuses a file without it) unless `metadata` says otherwise.
 */
export function safetensorsHeader(
  tensors: Iterable<TensorEntry>,
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsLayout {
  const entries = [...tensors].sort(
    (a, b) => FILE_ORDER[a.dtype] - FILE_ORDER[b.dtype] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
  const fields = [`"__metadata__":${JSON.stringify({ format: 'pt', ...metadata })}`]
  const names = new Set(['__metadata__'])
  let offset = 0
  for (const entry of entries) {
    if (names.has(entry.name))
      throw new Error(`safetensors: the name ${JSON.stringify(entry.name)} cannot be used twice`)
    names.add(entry.name)
    const end = offset + byteLength(entry)
    // Joined by hand: an object would put names like "0" first and lose "__proto__".
    const info = { dtype: entry.dtype, shape: entry.shape, data_offsets: [offset, end] }
    fields.push(`${JSON.stringify(entry.name)}:${JSON.stringify(info)}`)
    offset = end
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`)
  const padded = Math.ceil(json.length / 8) * 8
  const header = new Uint8Array(8 + padded).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true)
  header.set(json, 8)
  return { header, entries, totalBytes: header.length + offset }
}

function bytesOf(entry: TensorEntry, data: WritableData): Uint8Array {
  if (data.byteLength !== byteLength(entry)) {
    throw new Error(`safetensors: ${entry.name} [${entry.shape.join(', ')}] was given ${data.length} values`)
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** A whole file in memory. Typed arrays are taken as they lie: every platform the studio runs on is little-endian. */
export function writeSafetensors(
  tensors: Iterable<TensorEntry & { data: WritableData }>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const given = new Map([...tensors].map((tensor) => [tensor.name, tensor]))
  const { header, entries, totalBytes } = safetensorsHeader(given.values(), metadata)
  const file = new Uint8Array(totalBytes)
  file.set(header)
  let offset = header.length
  for (const entry of entries) {
    const bytes = bytesOf(entry, given.get(entry.name)!.data)
    file.set(bytes, offset)
    offset += bytes.length
  }
  return file
}

/**
 * The same file as {@link writeSafetensors}, in parts of exactly `partBytes` (the last may be shorter), asking for one tensor
 * at a time: a checkpoint larger than memory allows can be read back from the device and uploaded piece by piece.
 *
 * @param read called once per entry, in file order
 */
export async function* safetensorsParts(
  layout: SafetensorsLayout,
  read: (entry: TensorEntry) => WritableData | Promise<WritableData>,
  partBytes: number = LIMITS.partBytes,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  let remaining = layout.totalBytes
  let part = new Uint8Array(Math.min(partBytes, remaining))
  let filled = 0
  const pieces = [null, ...layout.entries]
  for (const entry of pieces) {
    let bytes = entry ? bytesOf(entry, await read(entry)) : layout.header
    while (bytes.length > 0) {
      const take = Math.min(bytes.length, part.length - filled)
      part.set(bytes.subarray(0, take), filled)
      filled += take
      bytes = bytes.subarray(take)
      if (filled < part.length) continue
      yield part
      remaining -= filled
      part = new Uint8Array(Math.min(partBytes, remaining))
      filled = 0
    }
  }
}
