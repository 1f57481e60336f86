import type { GpuMemory, GpuTensor } from './memory.ts'
import type { SubmitQueue } from './submit-queue.ts'

/** Largest piece copied at once. */
const PIECE = 16 * 2 ** 20
const SMALLEST = 256

/** Copies tensors to where the CPU can read them, through buffers that are kept for the next time. */
export class Readback {
  private readonly idle = new Map<number, GPUBuffer[]>()

  constructor(
    private readonly device: GPUDevice,
    private readonly memory: GpuMemory,
    private readonly queue: SubmitQueue,
    private readonly onSubmit: () => void,
  ) {}

  async read(tensor: GpuTensor, start: number, length: number): Promise<Float32Array> {
    if (tensor.windows) return this.readWindows(tensor.windows, start, length)
    if (length * 4 <= PIECE) return this.piece(tensor, start, length)
    const out = new Float32Array(length)
    for (let at = 0; at < length; at += PIECE / 4) {
      out.set(await this.piece(tensor, start + at, Math.min(PIECE / 4, length - at)), at)
    }
    return out
  }

  private async readWindows(windows: readonly GpuTensor[], start: number, length: number): Promise<Float32Array> {
    const out = new Float32Array(length)
    let first = 0
    for (const window of windows) {
      const [from, to] = [Math.max(start, first), Math.min(start + length, first + window.length)]
      if (from < to) out.set(await this.read(window, from - first, to - from), from - start)
      first += window.length
    }
    return out
  }

  private async piece(tensor: GpuTensor, start: number, length: number): Promise<Float32Array> {
    const size = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(length * 4)))
    const buffer = this.idle.get(size)?.pop() ?? this.memory.createStaging(size)
    await new Promise<void>((mapped) =>
      this.queue.inTurn(() => {
        const encoder = this.device.createCommandEncoder()
        encoder.copyBufferToBuffer(tensor.buffer, tensor.offset + start * 4, buffer, 0, length * 4)
        this.device.queue.submit([encoder.finish()])
        this.onSubmit()
        mapped(buffer.mapAsync(GPUMapMode.READ, 0, length * 4))
      }),
    )
    const data = new Float32Array(buffer.getMappedRange(0, length * 4).slice(0))
    buffer.unmap()
    const kept = this.idle.get(size)
    if (kept) kept.push(buffer)
    else this.idle.set(size, [buffer])
    return data
  }
}
