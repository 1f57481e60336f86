import { AppError } from '@shared/contract/errors.ts'
import type { Allocation, Backend, Ops, Program, TensorSpec } from '../backend.ts'
import { blockForward } from './block.ts'
import { blockParams, type GptTensors } from './transformer.ts'
import { headWeight } from './heads.ts'
import type { Decoder } from './session.ts'
import { blockNames, blockSpecs, hiddenName, logitsStride, type ModelShape } from '@shared/model/tensors.ts'

/** Most tokens taken in by one run. */
const CHUNK = 64

interface Plan {
  caches: Allocation
  acts: Allocation
  inputs: Allocation
  /** Blocks over one token, and over a chunk of `rows`. */
  one: Program
  chunk: Program
  rows: number
  /** Logits of the last token of the run before. */
  head: Program
}

/** Keeps the keys and values of one sequence on the device. */
export class GptDecoder implements Decoder {
  length = 0
  private plan: Promise<Plan> | undefined
  private ready: Plan | undefined
  private disposed = false

  constructor(
    private readonly backend: Backend,
    private readonly gpt: GptTensors,
    private readonly onDispose: () => void,
  ) {}

  get bytes(): number {
    return this.ready ? resources(this.ready).reduce((sum, { bytes }) => sum + bytes, 0) : 0
  }

  reset(): void {
    this.length = 0
  }

  async feed(ids: ArrayLike<number>): Promise<Float32Array> {
    const { nPositions, vocabSize } = this.gpt.shape.config
    if (ids.length === 0) throw new RangeError('feed() needs at least one token.')
    if (this.length + ids.length > nPositions) {
      throw new AppError({
        code: 'too_large',
        message: `${this.length + ids.length} tokens don't fit into the model's context of ${nPositions}.`,
        hint: 'Shorten the text, or keep only its last part.',
      })
    }
    this.plan ??= this.prepare()
    const plan = (this.ready = await this.plan)
    if (this.disposed) throw new Error('This decoder was disposed of.')
    const all = Uint32Array.from(ids)
    for (let at = 0; at < all.length;) {
      const part = all.subarray(at, at + plan.rows)
      this.append(plan, part)
      at += part.length
    }
    this.backend.run(plan.head)
    return this.backend.read(plan.inputs.get('logits'), 0, vocabSize)
  }

  private append({ inputs, one, chunk }: Plan, part: Uint32Array): void {
    const { backend } = this
    backend.write(inputs.get('tokens'), part)
    backend.write(inputs.get('cursor'), Uint32Array.of(this.length, part.length))
    backend.write(inputs.get('last'), Uint32Array.of(part.length - 1))
    backend.run(part.length === 1 ? one : chunk)
    this.length += part.length
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    void this.plan?.then((plan) => resources(plan).forEach((r) => r.free())).catch(() => {})
    this.onDispose()
  }

  private async prepare(): Promise<Plan> {
    const { backend, gpt } = this
    const { config } = gpt.shape
    const { nPositions, nEmbd: C, nLayer: L, vocabSize } = config
    const rows = Math.min(CHUNK, nPositions)
    const made: { free(): void }[] = []
    const own = async <T extends { free(): void }>(making: Promise<T>): Promise<T> => {
      const resource = await making
      made.push(resource)
      return resource
    }
    try {
      const caches = await own(
        backend.allocate(
          'workspace',
          Array.from({ length: L }, (_, i) => ({ name: `kv.${i}`, shape: [nPositions, 2 * C] })),
        ),
      )
      const specs: TensorSpec[] = [
        { name: 'hidden.0', shape: [rows, C] },
        { name: 'hidden.1', shape: [rows, C] },
        ...blockSpecs(0, rows, inference(gpt.shape)),
        { name: 'picked', shape: [1, C] },
        { name: 'ln_f', shape: [1, C] },
        { name: 'stats_f', shape: [1, 2] },
      ]
      const acts = await own(backend.allocate('workspace', specs))
      const inputs = await own(
        backend.allocate('workspace', [
          { name: 'tokens', shape: [rows], dtype: 'u32' },
          { name: 'cursor', shape: [2], dtype: 'u32' },
          { name: 'last', shape: [1], dtype: 'u32' },
          { name: 'logits', shape: [logitsStride(vocabSize)] },
        ]),
      )
      const parts = { ...gpt, weights: gpt.params, caches, acts, inputs }
      const one = await own(backend.record('decode', (ops) => decodeBlocks(ops, parts, 1)))
      const chunk = await own(backend.record('prefill', (ops) => decodeBlocks(ops, parts, rows)))
      const head = await own(backend.record('decode head', (ops) => decodeHead(ops, parts, rows)))
      return { caches, acts, inputs, one, chunk, head, rows }
    } catch (error) {
      for (const resource of made) resource.free()
      throw error
    }
  }
}

const resources = ({ caches, acts, inputs, one, chunk, head }: Plan) => [caches, acts, inputs, one, chunk, head]

/** Nothing is kept for a backward pass, whatever the session does; and one sequence is computed in full precision. */
const inference = (shape: ModelShape): ModelShape => ({ ...shape, training: false, precision: 'f32' })

type DecodeTensors = GptTensors & { caches: Allocation }

/** Rows past the cursor's count are worked through too, but reach neither cache nor head. */
function decodeBlocks(ops: Ops, gpt: DecodeTensors, rows: number): void {
  const { shape, params, caches, acts, inputs } = gpt
  const { config } = shape
  const { nEmbd: width, nHead: heads, nLayer } = config
  const cursor = inputs.get('cursor')
  ops.embedding({
    tokens: inputs.get('tokens'),
    wte: params.get('transformer.wte.weight'),
    wpe: params.get('transformer.wpe.weight'),
    out: acts.get('hidden.0'),
    rows,
    seqLen: rows,
    cursor,
  })
  for (let i = 0; i < nLayer; i++) {
    const cache = caches.get(`kv.${i}`)
    const names = blockNames(i, inference(shape))
    blockForward({ ops, config, rows, ...blockParams(gpt, i), acts, names }, (qkv, out) => {
      ops.appendKv({ qkv, cache, cursor, rows, width })
      ops.cachedAttention({ qkv, cache, cursor, out, rows, heads, headSize: width / heads })
    })
  }
}

function decodeHead(ops: Ops, { shape, params, acts, inputs }: DecodeTensors, rows: number): void {
  const { config } = shape
  const { nEmbd: C, nLayer, vocabSize, layerNormEpsilon: eps } = config
  const picked = acts.get('picked')
  const hidden = acts.get(hiddenName(nLayer, inference(shape)))
  ops.gatherRows({ x: hidden, index: inputs.get('last'), out: picked, batch: 1, seqLen: rows, width: C })
  const [weight, bias] = [params.get('transformer.ln_f.weight'), params.get('transformer.ln_f.bias')]
  ops.layerNorm({ x: picked, weight, bias, out: acts.get('ln_f'), stats: acts.get('stats_f'), rows: 1, eps })
  ops.matmul({
    layout: 'nt',
    a: acts.get('ln_f'),
    b: params.get(headWeight(shape)),
    out: inputs.get('logits'),
    ldc: logitsStride(vocabSize),
    m: 1,
    n: vocabSize,
    k: C,
  })
}
