import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { OPTIMIZER, tokensOf, type StepShape } from '../model/shapes.ts'
import { fixedBatch, initialWeights, randomMatrix } from '../model/step-data.ts'
import { timed } from './timed.ts'
import type { Task, Work } from './work.ts'

type A = np.Array

/**
 * jax-js on one of its backends. Its arrays are owned: an operation consumes its arguments, and `.ref` keeps one for another use.
 * Everything of a step is in one `jit`, as its documentation advises.
 */
export async function jaxOn(device: 'wasm' | 'webgpu', task: Task): Promise<Work> {
  if (!(await init(device)).includes(device)) throw new Error(`jax-js offers no ${device} here`)
  defaultDevice(device)
  return task.kind === 'step' ? step(task.shape) : matmul(task.size)
}

interface Block {
  ln1: [A, A]
  qkv: [A, A]
  proj: [A, A]
  ln2: [A, A]
  fc: [A, A]
  fc2: [A, A]
}

/** Parameters in Hugging Face's order: wte, wpe, twelve of each block, ln_f's two. */
function parts(params: A[]): { wte: A; wpe: A; blocks: Block[]; lnF: [A, A] } {
  const pair = (at: number): [A, A] => [params[at]!, params[at + 1]!]
  const blocks: Block[] = []
  for (let at = 2; at + 12 <= params.length - 2; at += 12) {
    const [ln1, qkv, proj, ln2, fc, fc2] = [0, 2, 4, 6, 8, 10].map((offset) => pair(at + offset))
    blocks.push({ ln1: ln1!, qkv: qkv!, proj: proj!, ln2: ln2!, fc: fc!, fc2: fc2! })
  }
  return { wte: params[0]!, wpe: params[1]!, blocks, lnF: pair(params.length - 2) }
}

const linear = (x: A, [w, b]: [A, A]): A => np.matmul(x, w).add(b)

const layerNorm = (x: A, [weight, bias]: [A, A]): A => nn.standardize(x, -1, { epsilon: 1e-5 }).mul(weight).add(bias)

/** Mean cross-entropy of the model; `inputs` and `targets` are one-hot, (B T, V). Consumes all. */
function lossOf({ batch: B, context: T, heads: H, width: C }: StepShape) {
  return (params: A[], inputs: A, targets: A): A => {
    const { wte, wpe, blocks, lnF } = parts(params)
    let x = np.matmul(inputs, wte.ref).reshape([B, T, C]).add(wpe)
    for (const block of blocks) {
      const qkv = linear(layerNorm(x.ref, block.ln1), block.qkv)
      const [q, k, v] = np.split(qkv, 3, -1).map((part) => part.reshape([B, T, H, C / H])) as [A, A, A]
      const attended = nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([B, T, C])
      x = x.add(linear(attended, block.proj))
      x = x.ref.add(linear(nn.gelu(linear(layerNorm(x, block.ln2), block.fc)), block.fc2))
    }
    const logits = np.matmul(layerNorm(x, lnF).reshape([B * T, C]), wte.transpose())
    return nn
      .logSoftmax(logits, -1)
      .mul(targets)
      .sum()
      .mul(-1 / (B * T))
  }
}

async function step(shape: StepShape): Promise<Work> {
  const { learningRate, beta1, beta2, eps, weightDecay } = OPTIMIZER
  const weights = initialWeights(shape)
  const valueAndGradient = valueAndGrad(lossOf(shape))
  const update = jit((params: A[], m: A[], v: A[], inputs: A, targets: A, unbias1: A, unbias2: A) => {
    const [loss, grads] = valueAndGradient(tree.ref(params), inputs, targets) as [A, A[]]
    const next = params.map((param, i) => {
      const g = grads[i]!
      const m1 = m[i]!.mul(beta1).add(g.ref.mul(1 - beta1))
      const v1 = v[i]!.mul(beta2).add(g.ref.mul(g).mul(1 - beta2))
      const change = m1.ref
        .mul(unbias1.ref)
        .div(np.sqrt(v1.ref.mul(unbias2.ref)).add(eps))
        .mul(learningRate)
      const kept = weights[i]!.decay ? param.mul(1 - learningRate * weightDecay) : param
      return { param: kept.sub(change), m: m1, v: v1 }
    })
    tree.dispose([unbias1, unbias2])
    return { loss, params: next.map((n) => n.param), m: next.map((n) => n.m), v: next.map((n) => n.v) }
  })
  const { inputIds, labels } = fixedBatch(shape)
  const oneHot = (ids: Int32Array) => {
    const data = new Float32Array(tokensOf(shape) * shape.vocab)
    ids.forEach((id, row) => (data[row * shape.vocab + id] = 1))
    return np.array(data, { shape: [tokensOf(shape), shape.vocab] })
  }
  const [inputs, targets] = [oneHot(inputIds), oneHot(labels)]
  let params = weights.map(({ data, shape: dims }) => np.array(data, { shape: dims }))
  let m = weights.map(({ shape: dims }) => np.zeros(dims))
  let v = weights.map(({ shape: dims }) => np.zeros(dims))
  let taken = 0
  return {
    run: (times) =>
      timed(times, async () => {
        taken++
        const unbias = [beta1, beta2].map((beta) => np.array(Float32Array.of(1 / (1 - beta ** taken)), { shape: [] }))
        const after = update(params, m, v, inputs.ref, targets.ref, unbias[0]!, unbias[1]!)
        ;({ params, m, v } = after)
        const [loss] = await after.loss.data()
        // Work is done in the order it was asked for, so the last parameter's update is the last of all.
        await blockUntilReady(params.at(-1)!)
        return loss!
      }),
    dispose() {
      tree.dispose([params, m, v, inputs, targets])
      update.dispose()
    },
  }
}

async function matmul(size: number): Promise<Work> {
  const shape = [size, size]
  const a = np.array(randomMatrix(size * size, 1), { shape })
  const b = np.array(randomMatrix(size * size, 2), { shape })
  // Compiled as jit has it: without, every call would search for a kernel anew.
  const multiply = jit((x: A, y: A) => np.matmul(x, y))
  return {
    run: (times) => timed(times, async () => (await multiply(a.ref, b.ref).data()).at(-1)!),
    dispose() {
      tree.dispose([a, b])
      multiply.dispose()
    },
  }
}
