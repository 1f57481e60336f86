import type { Hardware } from './hardware.ts'
import { blockAdapters } from './lora.ts'
import { headRows, logitsRows, type ModelShape } from './tensors.ts'
import { lowestBlock, trainableTable } from './trainable.ts'

/** Bytes for the arguments of one dispatch, or of one command of the processor's. */
const UNIFORMS = 256
const COMMAND = 120
/** Threads that reductions are cut for (webgpu/tuning.ts). */
const THREADS = { gpu: 16_384, software: 256 }

/**
 * Bytes that the programs of a training session need for themselves, within some percent: arguments of each dispatch, tables, partial
 * sums, and what threads of the processor pack matrices into.
 */
export function programBytes(shape: ModelShape, accumulate: number, hardware: Hardware): number {
  const { config, batch, seqLen } = shape
  const C = config.nEmbd
  const rows = batch * seqLen
  const calls = dispatches(shape)
  const micros = accumulate > 1 ? 2 : 1
  const count = calls.forward + micros * calls.train
  const parameters = trainedNumbers(shape)
  if (hardware.kind === 'cpu') {
    // Pieces of both matrices of a product: the deepest are those of the weights' gradients.
    const piece = (depth: number, columns: number) => 4 * Math.min(384, depth) * (Math.min(512, columns) + 80)
    const packing = hardware.threads * (piece(4 * C, C) + micros * Math.max(piece(4 * C, C), piece(rows, C)))
    const norms = 2 * (config.nLayer - lowestBlock(config, shape.head, shape.trainable)) + 1
    const partials = micros * norms * Math.ceil(rows / 64) * 8 * C
    return COMMAND * count + packing + partials + (12 * parameters) / 16_384
  }
  const parts = Math.min(Math.ceil((4 * THREADS[hardware.kind]) / C), Math.ceil(rows / 8))
  return UNIFORMS * count + micros * 8 * C * parts + (4 * parameters) / 128
}

function trainedNumbers({ config, head, trainable }: ModelShape): number {
  const trained = trainableTable(config, head, trainable).filter((spec) => spec.trains)
  return trained.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
}

/** About how many dispatches an evaluation has, and a micro-batch of training with the update. */
function dispatches(shape: ModelShape): { forward: number; train: number } {
  const { config, head, trainable, recompute } = shape
  const L = config.nLayer
  const entered = L - lowestBlock(config, head, trainable)
  const adapters = blockAdapters(config, trainable.lora).length
  const chunks = Math.ceil(headRows(shape) / logitsRows(shape))
  const forward = L * (7 + 2 * adapters) + 2 * chunks + 4
  const dropping = config.dropout > 0 ? 4 : 0
  const backward = entered * (18 + 4 * adapters + [0, 3, 6][recompute]!) + 2 * chunks + 8
  return { forward, train: forward + backward + L * dropping }
}
