import { AppError } from '../contract/errors.ts'
import { LIMITS } from '../contract/limits.ts'
import { bfloat16ToFloat32, float16ToFloat32 } from './float-bits.ts'
import { findDuplicateKey, jsonDepth } from './json-keys.ts'

export { safetensorsHeader, safetensorsParts, writeSafetensors } from './safetensors-write.ts'

/** Bits per element (huggingface/safetensors `src/tensor.rs`, enum Dtype). */
const DTYPE_BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
}

/** One tensor as stored: row-major, little-endian. `data` is a view into the file's bytes, not a copy. */
export interface StoredTensor {
  dtype: string
  shape: number[]
  data: Uint8Array
}

export interface SafetensorsFile {
  tensors: Map<string, StoredTensor>
  metadata: Record<string, string>
}

interface Located {
  name: string
  begin: number
  end: number
}

function corrupt(message: string): AppError {
  return new AppError({
    code: 'corrupt',
    message: `This is not a sound safetensors file: ${message}.`,
    hint: 'The file is damaged or was cut off. Take another checkpoint, or copy or download the file again.',
  })
}

function parseHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) throw corrupt(`it has ${bytes.length} bytes, and its header length alone takes 8`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(0, true)
  if (view.getUint32(4, true) !== 0 || length > LIMITS.safetensorsHeaderBytes) {
    throw corrupt(`its header claims to be longer than the ${LIMITS.safetensorsHeaderBytes} bytes allowed`)
  }
  if (8 + length > bytes.length) {
    throw corrupt(`its header claims ${length} bytes, and only ${bytes.length - 8} follow`)
  }
  if (bytes[8] !== 0x7b) throw corrupt('its header does not start with {')
  let text: string
  let header: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length))
  } catch {
    throw corrupt('its header is not UTF-8 text')
  }
  // The format needs three levels; refusing more here keeps a hostile header away from the parser.
  if (jsonDepth(text) > 3) throw corrupt('its header is nested too deep')
  try {
    header = JSON.parse(text)
  } catch {
    throw corrupt('its header is not valid JSON')
  }
  const twice = findDuplicateKey(text)
  if (twice !== null) throw corrupt(`its header names ${JSON.stringify(twice)} twice`)
  return { header: header as Record<string, unknown>, dataStart: 8 + length }
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Checks one header entry on its own: known dtype, sane shape, and a byte range of exactly the size these two ask for. */
function parseEntry(name: string, entry: unknown): { dtype: string; shape: number[]; begin: number; end: number } {
  const tensor = `tensor ${JSON.stringify(name)}`
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw corrupt(`${tensor} is not described`)
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BITS, dtype)) {
    throw corrupt(`${tensor} has an unknown number type ${JSON.stringify(dtype)}`)
  }
  if (!Array.isArray(shape) || !shape.every(isIndex)) throw corrupt(`${tensor} has no valid shape`)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isIndex)) {
    throw corrupt(`${tensor} has no valid data_offsets`)
  }
  const [begin, end] = offsets as [number, number]
  let elements = 1
  for (const dimension of shape) {
    elements *= dimension
    if (!Number.isSafeInteger(elements)) throw corrupt(`${tensor} has an impossible shape [${shape.join(', ')}]`)
  }
  const bits = elements * DTYPE_BITS[dtype]!
  if (!Number.isSafeInteger(bits) || bits % 8 !== 0 || begin + bits / 8 !== end) {
    throw corrupt(
      `${tensor} of shape [${shape.join(', ')}] and type ${dtype} does not fill its bytes ${begin} to ${end}`,
    )
  }
  return { dtype, shape: [...shape], begin, end }
}

/**
 * Reads a whole safetensors file (huggingface/safetensors README, "Format"). Nothing in the file is trusted: the header is
 * bounded, no name or key may appear twice, and the tensors must cover the data without hole, overlap or rest.
 *
 * @throws AppError `corrupt`, naming the tensor or rule that failed.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, dataStart } = parseHeader(bytes)
  const dataLength = bytes.length - dataStart
  const tensors = new Map<string, StoredTensor>()
  const located: Located[] = []
  let metadata: Record<string, string> = {}
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = parseMetadata(entry)
      continue
    }
    const { dtype, shape, begin, end } = parseEntry(name, entry)
    if (end > dataLength) throw corrupt(`tensor ${JSON.stringify(name)} ends beyond the end of the file`)
    located.push({ name, begin, end })
    tensors.set(name, { dtype, shape, data: bytes.subarray(dataStart + begin, dataStart + end) })
  }
  located.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let reached = 0
  for (const { name, begin, end } of located) {
    if (begin !== reached) {
      throw corrupt(`tensor ${JSON.stringify(name)} starts at byte ${begin}, where ${reached} was expected`)
    }
    reached = end
  }
  if (reached !== dataLength) throw corrupt(`its tensors cover ${reached} bytes, and it holds ${dataLength}`)
  return { tensors, metadata }
}

function parseMetadata(entry: unknown): Record<string, string> {
  const isObject = typeof entry === 'object' && entry !== null && !Array.isArray(entry)
  if (!isObject || !Object.values(entry).every((value) => typeof value === 'string')) {
    throw corrupt('its __metadata__ is not a list of names and texts')
  }
  return entry as Record<string, string>
}

/** A copy of `data` that starts on a fresh buffer, so that a wider typed array may look at it. (Node's Buffer.slice makes no copy.) */
const aligned = (data: Uint8Array): ArrayBuffer => new Uint8Array(data).buffer

/**
 * The values of a floating-point tensor as float32, in a fresh array. F64 is rounded; F16 and BF16 are widened exactly.
 *
 * @throws AppError `unsupported` for any other type.
 */
export function toFloat32(tensor: StoredTensor): Float32Array {
  const buffer = aligned(tensor.data)
  switch (tensor.dtype) {
    case 'F32':
      return new Float32Array(buffer)
    case 'F64':
      return Float32Array.from(new Float64Array(buffer))
    case 'F16':
      return float16ToFloat32(new Uint16Array(buffer))
    case 'BF16':
      return bfloat16ToFloat32(new Uint16Array(buffer))
    default:
      throw new AppError({
        code: 'unsupported',
        message: `A tensor has number type ${tensor.dtype}, where floating-point numbers were expected.`,
        hint: 'Use a checkpoint stored as F32, F16, BF16 or F64.',
      })
  }
}
