import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-backend-webgpu'
import { OPTIMIZER, type StepShape } from '../model/shapes.ts'
import { fixedBatch, initialWeights, randomMatrix } from '../model/step-data.ts'
import { timed } from './timed.ts'
import type { Task, Work } from './work.ts'

/**
 * TensorFlow.js on one of its backends, and what it runs on in words: its wasm backend says on how many threads it computes, which may be fewer
 * than it was asked for. @throws Error when the backend is not to be had
 */
export async function tfjsOn(
  backend: 'wasm' | 'webgpu',
  threads: number,
  task: Task,
): Promise<{ work: Work; on: string }> {
  if (backend === 'wasm') {
    setWasmPaths('/tfjs-wasm/')
    setThreadsCount(threads)
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js offers no ${backend} here`)
  await tf.ready()
  const on = backend === 'wasm' ? `${threads} threads asked for, ${getThreadsCount()} reported` : ''
  return { work: await (task.kind === 'step' ? step(task.shape, backend) : matmul(task.size)), on }
}

type Pair = [tf.Variable, tf.Variable]

function layerNorm(x: tf.Tensor, [weight, bias]: Pair): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true)
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), weight), bias)
}

const linear = (x: tf.Tensor, [w, b]: Pair): tf.Tensor => tf.add(tf.matMul(x, w), b)

/** GELU by tanh (Hendrycks and Gimpel), as GPT-2 has it. */
function gelu(x: tf.Tensor): tf.Tensor {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI))
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1))
}

interface Inputs {
  embed: (wte: tf.Variable) => tf.Tensor
  targets: tf.Tensor
  /** (T, T): 0 where a position may look, a large negative number elsewhere. */
  mask: tf.Tensor
}

function lossOf(shape: StepShape, params: tf.Variable[], { embed, targets, mask }: Inputs): tf.Scalar {
  const { batch: B, context: T, heads: H, width: C } = shape
  const pair = (at: number): Pair => [params[at]!, params[at + 1]!]
  const wte = params[0]!
  const byHead = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [B, T, H, C / H]), [0, 2, 1, 3])
  let x: tf.Tensor = tf.reshape(tf.add(tf.reshape(embed(wte), [B, T, C]), params[1]!), [B * T, C])
  for (let at = 2; at + 12 <= params.length - 2; at += 12) {
    const qkv = linear(layerNorm(x, pair(at)), pair(at + 2))
    const [q, k, v] = tf.split(qkv, 3, -1).map(byHead) as [tf.Tensor, tf.Tensor, tf.Tensor]
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(C / H)), mask)
    const attended = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3])
    x = tf.add(x, linear(tf.reshape(attended, [B * T, C]), pair(at + 4)))
    x = tf.add(x, linear(gelu(linear(layerNorm(x, pair(at + 6)), pair(at + 8))), pair(at + 10)))
  }
  const logits = tf.matMul(layerNorm(x, pair(params.length - 2)), wte, false, true)
  return tf.mul(tf.sum(tf.mul(tf.logSoftmax(logits), targets)), -1 / (B * T)) as tf.Scalar
}

async function step(shape: StepShape, backend: 'wasm' | 'webgpu'): Promise<Work> {
  const { learningRate, beta1, beta2, eps, weightDecay } = OPTIMIZER
  const { context: T, vocab } = shape
  const weights = initialWeights(shape)
  const params = weights.map(({ data, shape: dims }) => tf.variable(tf.tensor(data, dims)))
  const decaying = params.filter((_, i) => weights[i]!.decay)
  const adam = tf.train.adam(learningRate, beta1, beta2, eps)
  const { inputIds, labels } = fixedBatch(shape)
  const ids = tf.tensor1d(inputIds, 'int32')
  const inputs = tf.cast(tf.oneHot(ids, vocab), 'float32')
  const future = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0))
  const given: Inputs = {
    // The wasm backend has no gradient of a gather; on WebGPU it is the faster of the two.
    embed: (wte) => (backend === 'webgpu' ? tf.gather(wte, ids) : tf.matMul(inputs, wte)),
    targets: tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), vocab), 'float32'),
    mask: tf.tensor2d(future, [T, T]),
  }
  return {
    run: (times) =>
      timed(times, async () => {
        const { value, grads } = tf.variableGrads(() => lossOf(shape, params, given), params)
        tf.tidy(() => decaying.forEach((param) => param.assign(tf.mul(param, 1 - learningRate * weightDecay))))
        adam.applyGradients(grads as Parameters<typeof adam.applyGradients>[0])
        const [loss] = await value.data()
        // Work is done in the order it was asked for, so the last parameter's update is the last of all.
        await params.at(-1)!.data()
        tf.dispose([value, grads])
        return loss!
      }),
    dispose() {
      adam.dispose()
      tf.dispose([params, ids, inputs, given.targets, given.mask])
    },
  }
}

async function matmul(size: number): Promise<Work> {
  const a = tf.tensor2d(randomMatrix(size * size, 1), [size, size])
  const b = tf.tensor2d(randomMatrix(size * size, 2), [size, size])
  return {
    run: (times) =>
      timed(times, async () => {
        const product = tf.matMul(a, b)
        const values = await product.data()
        product.dispose()
        return values.at(-1)!
      }),
    dispose: () => tf.dispose([a, b]),
  }
}
