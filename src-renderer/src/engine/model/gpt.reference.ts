import type { GptConfig, Head } from '@shared/model/config.ts'
import { attentionBackwardReference, attentionReference } from '../catalogue/attention.reference.ts'
import { crossEntropyReference } from '../catalogue/cross_entropy.reference.ts'
import { geluDerivativeReference, geluReference } from '../catalogue/gelu.reference.ts'
import { layerNormBackwardReference, layerNormReference } from '../catalogue/layer_norm.reference.ts'
import { matmulReference } from '../catalogue/matmul.reference.ts'
import type { Batch } from './session.ts'

export type Values = Map<string, Float64Array>

interface Model {
  config: GptConfig
  head: Head
  batchSize: number
  seqLen: number
}

export interface ReferencePass {
  loss: number
  /** (M, V) or (B, N) */
  logits: Float64Array
  grads: Values
}

/** The whole model in float64, without dropout: loss, logits and the gradient of every parameter. */
export function gptReference(
  model: Model,
  params: ReadonlyMap<string, ArrayLike<number>>,
  batch: Batch,
): ReferencePass {
  const { config, head, batchSize: B, seqLen: T } = model
  const { nEmbd: C, nHead: heads, nLayer: L, vocabSize: V, nPositions, layerNormEpsilon: eps } = config
  const M = B * T
  const param = (name: string) => Float64Array.from(params.get(name)!)
  const grads: Values = new Map()
  const add = (name: string, values: Float64Array) => {
    const sum = grads.get(name) ?? new Float64Array(values.length)
    grads.set(
      name,
      sum.map((x, i) => x + values[i]!),
    )
  }

  // ---- forward
  const [wte, wpe] = [param('transformer.wte.weight'), param('transformer.wpe.weight')]
  let x = new Float64Array(M * C)
  for (let i = 0; i < M * C; i++) {
    const row = Math.floor(i / C)
    x[i] = wte[batch.inputIds[row]! * C + (i % C)]! + wpe[(row % T) * C + (i % C)]!
  }
  const shape = { batch: B, seqLen: T, heads, headSize: C / heads }
  /** What backward needs of each block, last first. */
  const undo: (() => void)[] = []
  let dx = new Float64Array(M * C)

  const norm = (name: string, input: Float64Array, rows: number) => {
    const weight = param(`${name}.weight`)
    const { out } = layerNormReference(input, weight, param(`${name}.bias`), { rows, width: C, eps })
    const backward = (dout: Float64Array) => {
      const g = layerNormBackwardReference(dout, input, weight, { rows, width: C, eps })
      add(`${name}.weight`, g.dweight)
      add(`${name}.bias`, g.dbias)
      return g.dx
    }
    return { out, backward }
  }
  const linear = (name: string, input: Float64Array, k: number, n: number) => {
    const weight = param(`${name}.weight`)
    const bias = params.has(`${name}.bias`) ? param(`${name}.bias`) : null
    const out = matmulReference('nn', input, weight, { m: M, n, k }).map((y, i) => y + (bias ? bias[i % n]! : 0))
    const backward = (dout: Float64Array) => {
      add(`${name}.weight`, matmulReference('tn', input, dout, { m: k, n, k: M }))
      if (bias) add(`${name}.bias`, columnSum(dout, n))
      return matmulReference('nt', dout, weight, { m: M, n: k, k: n })
    }
    return { out, backward }
  }
  const plus = (a: Float64Array, b: Float64Array) => a.map((v, i) => v + b[i]!)

  for (let i = 0; i < L; i++) {
    const block = `transformer.h.${i}`
    const ln1 = norm(`${block}.ln_1`, x, M)
    const qkv = linear(`${block}.attn.c_attn`, ln1.out, C, 3 * C)
    const attention = attentionReference(qkv.out, shape).out
    const projection = linear(`${block}.attn.c_proj`, attention, C, C)
    const middle = plus(x, projection.out)
    const ln2 = norm(`${block}.ln_2`, middle, M)
    const fc = linear(`${block}.mlp.c_fc`, ln2.out, C, 4 * C)
    const back = linear(`${block}.mlp.c_proj`, fc.out.map(geluReference), 4 * C, C)
    x = plus(middle, back.out)
    undo.unshift(() => {
      const dfc = back.backward(dx).map((d, e) => d * geluDerivativeReference(fc.out[e]!))
      dx = plus(dx, ln2.backward(fc.backward(dfc)))
      const dqkv = attentionBackwardReference(qkv.out, projection.backward(dx), shape)
      dx = plus(dx, ln1.backward(qkv.backward(dqkv)))
    })
  }

  // ---- head
  const rowsUsed =
    'lastIndex' in batch ? [...batch.lastIndex].map((t, b) => b * T + t) : Array.from({ length: M }, (_, r) => r)
  const picked = new Float64Array(rowsUsed.length * C)
  rowsUsed.forEach((row, r) => picked.set(x.subarray(row * C, (row + 1) * C), r * C))
  const final = norm('transformer.ln_f', picked, rowsUsed.length)
  const name =
    head.kind === 'classification'
      ? 'score.weight'
      : config.tieWordEmbeddings
        ? 'transformer.wte.weight'
        : 'lm_head.weight'
  const n = head.kind === 'classification' ? head.numLabels : V
  const rows = rowsUsed.length
  const logits = matmulReference('nt', final.out, param(name), { m: rows, n, k: C })
  const count = batch.labels.filter((label) => label >= 0).length
  const { rowLoss, dlogits } = crossEntropyReference(logits, batch.labels, n, count === 0 ? 0 : 1 / count)

  // ---- backward
  add(name, matmulReference('tn', dlogits, final.out, { m: n, n: C, k: rows }))
  const dpicked = final.backward(matmulReference('nn', dlogits, param(name), { m: rows, n: C, k: n }))
  rowsUsed.forEach((row, r) => dx.set(dpicked.subarray(r * C, (r + 1) * C), row * C))
  for (const step of undo) step()
  const dwte = new Float64Array(V * C)
  const dwpe = new Float64Array(nPositions * C)
  dx.forEach((d, i) => {
    const row = Math.floor(i / C)
    dwte[batch.inputIds[row]! * C + (i % C)]! += d
    dwpe[(row % T) * C + (i % C)]! += d
  })
  add('transformer.wte.weight', dwte)
  add('transformer.wpe.weight', dwpe)
  return { loss: count === 0 ? 0 : rowLoss.reduce((a, b) => a + b) / count, logits, grads }
}

function columnSum(x: Float64Array, columns: number): Float64Array {
  const out = new Float64Array(columns)
  x.forEach((v, i) => (out[i % columns]! += v))
  return out
}
