import type { GptSession } from './gpt.ts'
import { chunkLogits, chunksOf } from './heads.ts'
import type { Batch } from './session.ts'
import { classesOf, hiddenName, logitsStride } from '@shared/model/tensors.ts'

export interface Inspection {
  /** (M, V), or (B, N) of a classifier. */
  logits: Float32Array
  /** Mean over the labels that count. */
  loss: number
  /** (M), or (B): loss of each row, 0 where it is ignored. */
  rowLoss: Float32Array
  /** (M, C) after the embeddings and after each block. */
  hidden: Float32Array[]
  /** (M, C), or (B, C). */
  lnF: Float32Array
}

/** The inner values of one forward pass without dropout, for comparing with another implementation. Needs a session that trains the first block. */
export async function inspect(session: GptSession, batch: Batch): Promise<Inspection> {
  const { backend, parts } = session
  const { shape, acts, inputs } = parts.gpt
  if (hiddenName(0, shape) === hiddenName(2, shape))
    throw new Error('Only a session that trains the first block keeps the values of every block.')
  const { loss } = await session.evaluate(batch)
  const hidden = [await backend.read(acts.get('hidden.0'))]
  for (let i = 1; i <= shape.config.nLayer; i++) hidden.push(await backend.read(acts.get(hiddenName(i, shape))))
  const rowLoss = await backend.read(inputs.get('row_loss'))
  return { logits: await allLogits(session), loss, rowLoss, hidden, lnF: await backend.read(acts.get('ln_f')) }
}

/** Logits of every row, a piece at a time, from the ln_f that is there. */
async function allLogits({ backend, parts }: GptSession): Promise<Float32Array> {
  const { shape, params, weights, acts, inputs } = parts.gpt
  const n = classesOf(shape)
  const stride = logitsStride(n)
  const out: number[] = []
  for (const { first, rows } of chunksOf(shape)) {
    const hidden = acts.get('hidden.0') // not read by the head's product
    const program = await backend.record('logits', (ops) =>
      chunkLogits({ ops, shape, params, weights, acts, inputs, hidden }, first, rows),
    )
    backend.run(program)
    const padded = await backend.read(inputs.get('logits'), 0, rows * stride)
    program.free()
    for (let r = 0; r < rows; r++) out.push(...padded.subarray(r * stride, r * stride + n))
  }
  return Float32Array.from(out)
}
