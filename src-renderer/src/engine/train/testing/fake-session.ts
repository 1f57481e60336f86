import { AppError } from '@shared/contract/errors.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import type {
  Batch,
  Decoder,
  LossScale,
  Session,
  SessionOptions,
  SessionState,
  StepResult,
  TensorMap,
} from '@engine/model/session.ts'
import { IGNORE } from '../batches.ts'

/**
 * A session small enough to follow by hand that really learns: next-token logits are a row of wte (a bigram model; the width must
 * equal the vocabulary), class logits the mean of columns of score.weight. Adam in f32, so that a resumed run can be compared bit
 * for bit. The other parameters are kept as they are.
 */
export class FakeSession implements Session {
  readonly memory = { params: 0, grads: 0, moments: 0, activations: 0, workspace: 0 }
  private readonly key: string
  private readonly columns: number
  private state: Required<Omit<SessionState, 'lossScale'>>
  private lossScale: LossScale | undefined
  disposed = false
  /** Steps taken by this object. */
  steps = 0
  inFlight = 0
  mostInFlight = 0
  /** Rejects the nth step as a lost device would. */
  loseAtStep = Infinity
  /** Reports a loss that is not a number at this step. */
  poisonAtStep = Infinity
  /** In mixed precision, overflows at this step. */
  overflowAtStep = Infinity

  constructor(readonly options: SessionOptions) {
    const { config, head } = options
    if (config.nEmbd !== config.vocabSize) throw new Error('the fake needs a width equal to the vocabulary')
    this.key = head.kind === 'lm' ? 'transformer.wte.weight' : 'score.weight'
    this.columns = head.kind === 'lm' ? config.vocabSize : head.numLabels
    this.state = { params: this.zeros(), m: this.zeros(), v: this.zeros() }
  }

  setState({ params, m, v, lossScale }: SessionState): void {
    if (this.options.precision === 'mixed') this.lossScale = lossScale ?? { scale: 4096, cleanSteps: 0, skipped: 0 }
    for (const { name, shape } of parameterTable(this.options.config, this.options.head)) {
      const size = shape.reduce((a, b) => a * b, 1)
      if (params.get(name)?.length !== size) throw new Error(`${name} is missing or of the wrong size`)
    }
    this.state = structuredClone({ params, m: m ?? this.zeros(), v: v ?? this.zeros() })
  }

  async getState(what: { moments: boolean }): Promise<SessionState> {
    const { params, m, v } = structuredClone(this.state)
    const { lossScale } = this
    return what.moments ? { params, m, v, ...(lossScale && { lossScale: { ...lossScale } }) } : { params }
  }

  private zeros(): TensorMap {
    const table = parameterTable(this.options.config, this.options.head)
    return new Map(table.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]))
  }

  async trainStep(
    batch: Batch | readonly Batch[],
    o: { learningRate: number; step: number; seed: number },
  ): Promise<StepResult> {
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight)
    if (o.step >= this.loseAtStep) {
      this.inFlight--
      throw new AppError({ code: 'gpu_lost', message: 'The graphics card was reset.' })
    }
    const runs = ('labels' in batch ? [batch] : batch).map((micro) => this.run(micro))
    if (runs.length !== (this.options.accumulate ?? 1))
      throw new Error(`${runs.length} micro-batches are not what was agreed`)
    const loss = runs.reduce((sum, r) => sum + r.loss, 0)
    const count = runs.reduce((sum, r) => sum + r.count, 0)
    const scale = this.lossScale && { lossScale: this.lossScale.scale }
    if (this.lossScale && o.step === this.overflowAtStep) {
      this.lossScale = { scale: this.lossScale.scale / 2, cleanSteps: 0, skipped: this.lossScale.skipped + 1 }
      this.inFlight--
      return { loss: loss / Math.max(1, count), gradNorm: Infinity, ...scale }
    }
    if (this.lossScale) this.lossScale.cleanSteps++
    const grad = runs[0]!.grad.map((_g, i) => runs.reduce((sum, r) => sum + r.grad[i]!, 0))
    let norm = 0
    const [w, m, v] = [this.state.params, this.state.m, this.state.v].map((map) => map.get(this.key)!)
    for (let i = 0; i < grad.length; i++) {
      const g = grad[i]! / Math.max(1, count)
      norm += g * g
      m![i] = 0.9 * m![i]! + 0.1 * g
      v![i] = 0.99 * v![i]! + 0.01 * g * g
      const mhat = m![i]! / (1 - 0.9 ** o.step)
      const vhat = v![i]! / (1 - 0.99 ** o.step)
      w![i]! -= (o.learningRate * mhat) / (Math.sqrt(vhat) + 1e-8)
    }
    this.steps++
    await Promise.resolve()
    this.inFlight--
    const mean = o.step === this.poisonAtStep ? NaN : loss / Math.max(1, count)
    return { loss: mean, gradNorm: Math.sqrt(norm), ...scale }
  }

  async evaluate(batch: Batch) {
    const { loss, count, logits } = this.run(batch)
    const result = { loss: count ? loss / count : 0, count }
    return 'lastIndex' in batch ? { ...result, logits } : result
  }

  decoder(): Decoder {
    const V = this.columns
    const w = () => this.state.params.get(this.key)!
    let length = 0
    return {
      get length() {
        return length
      },
      reset: () => (length = 0),
      feed: async (ids) => {
        length += ids.length
        const last = ids[ids.length - 1]!
        return w().slice(last * V, (last + 1) * V)
      },
      dispose: () => {},
    }
  }

  dispose(): void {
    this.disposed = true
  }

  /** Summed loss, counted labels, summed gradient, and the logits of each row. */
  private run(batch: Batch) {
    const { seqLen: T, batchSize: B } = this.options
    const N = this.columns
    const V = this.options.config.vocabSize
    const w = this.state.params.get(this.key)!
    const at = (id: number, j: number) => ('lastIndex' in batch ? j * V + id : id * N + j)
    const grad = new Float64Array(w.length)
    const logits = new Float32Array(B * N)
    let loss = 0
    let count = 0
    const example = (inputs: ArrayLike<number>, label: number, out: Float32Array) => {
      for (let t = 0; t < inputs.length; t++) {
        for (let j = 0; j < N; j++) out[j]! += w[at(inputs[t]!, j)]! / inputs.length
      }
      if (label === IGNORE) return
      const top = Math.max(...out)
      const total = out.reduce((sum, x) => sum + Math.exp(x - top), 0)
      loss += Math.log(total) + top - out[label]!
      count++
      for (let t = 0; t < inputs.length; t++) {
        for (let j = 0; j < N; j++) {
          grad[at(inputs[t]!, j)]! += (Math.exp(out[j]! - top) / total - (j === label ? 1 : 0)) / inputs.length
        }
      }
    }
    for (let b = 0; b < B; b++) {
      if ('lastIndex' in batch) {
        const ids = batch.inputIds.subarray(b * T, b * T + batch.lastIndex[b]! + 1)
        example(ids, batch.labels[b]!, logits.subarray(b * N, (b + 1) * N))
      } else {
        for (let t = 0; t < T; t++) {
          const i = b * T + t
          example(batch.inputIds.subarray(i, i + 1), batch.labels[i]!, new Float32Array(N))
        }
      }
    }
    return { loss, count, grad, logits }
  }
}
