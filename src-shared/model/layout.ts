/** How tensors become bytes on a device. The devices allocate by this, and the plan counts by it. */

/** What a byte on the device is for. */
export type MemoryCategory = 'params' | 'grads' | 'moments' | 'activations' | 'workspace'

export interface TensorSpec {
  name: string
  shape: readonly number[]
  /** f32 when absent; f16 only where the device has 16-bit floats. */
  dtype?: 'f32' | 'u32' | 'i32' | 'f16'
}

export interface Layout {
  /** Tensors that lie by themselves take multiples of this many bytes. */
  tensorBytes: number
  /** Packed tensors begin at multiples of this many numbers. */
  packNumbers: number
}

/** In f16, 128 numbers are WebGPU's largest offset alignment, 256 bytes. */
export const WEBGPU_LAYOUT: Layout = { tensorBytes: 16, packNumbers: 128 }
/** A cache line, and a whole number of vectors. */
export const CPU_LAYOUT: Layout = { tensorBytes: 64, packNumbers: 64 }

export const align = (n: number, to: number) => Math.ceil(n / to) * to
export const lengthOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
export const numberBytes = ({ dtype }: Pick<TensorSpec, 'dtype'>) => (dtype === 'f16' ? 2 : 4)
/** Bytes of a tensor's numbers alone. */
export const bytesOf = (spec: TensorSpec) => numberBytes(spec) * lengthOf(spec.shape)
/** Bytes of a tensor that lies by itself. */
export const tensorBytes = (spec: TensorSpec, { tensorBytes: unit }: Layout) =>
  align(Math.max(bytesOf(spec), unit), unit)

/** A tensor, or some rows of one, among packed tensors. */
export interface Piece {
  segment: number
  /** First number in the segment. */
  start: number
  /** First row of the tensor, and how many. */
  row: number
  rows: number
}

/** Where packed tensors lie. Segments are as large as one binding may be. */
export interface Packing {
  /** Numbers of each segment. */
  lengths: number[]
  /** One piece, or more of a tensor too large for a segment. */
  places: Map<string, Piece[]>
}

/**
 * Tensors one after another, a new segment where the next one would not fit as f32. One that no segment holds is cut into windows of
 * whole rows; where not even a row fits, a window holds one all the same.
 * @param largest bytes of a segment
 */
export function packTensors(specs: readonly TensorSpec[], { packNumbers }: Layout, largest: number): Packing {
  const lengths: number[] = []
  const places = new Map<string, Piece[]>()
  const place = (row: number, rows: number, numbers: number): Piece => {
    const length = align(numbers, packNumbers)
    if (lengths.length === 0 || 4 * (lengths.at(-1)! + length) > largest) lengths.push(0)
    const segment = lengths.length - 1
    const start = lengths[segment]!
    lengths[segment] = start + length
    return { segment, start, row, rows }
  }
  for (const { name, shape } of specs) {
    const rows = shape[0] ?? 1
    const width = lengthOf(shape) / rows
    const window = rowsPerWindow(rows, width, packNumbers, largest)
    const pieces: Piece[] = []
    for (let row = 0; row < rows; row += window) {
      const count = Math.min(window, rows - row)
      pieces.push(place(row, count, count * width))
    }
    places.set(name, pieces)
  }
  return { lengths, places }
}

function rowsPerWindow(rows: number, width: number, packNumbers: number, largest: number): number {
  const most = Number.isFinite(largest) ? Math.floor(largest / 4 / packNumbers) * packNumbers : Infinity
  if (align(rows * width, packNumbers) <= most) return rows
  const fits = Math.floor(most / width)
  // Whole vectors of rows, so that kernels need no slow path for them.
  return fits >= 4 ? fits - (fits % 4) : Math.max(1, fits)
}
