import { AppError } from '@shared/contract/errors.ts'
import type { Batch, Decoder, Session, SessionOptions, SessionState, TensorMap } from '@engine/model/session.ts'
import { IGNORE } from '../batches.ts'

/**
 * A session small enough to follow by hand that really learns: next-token logits are a row of a (V, V) table (a bigram model),
 * class logits the mean of rows of a (V, N) table. Adam in f32, so that a resumed run can be compared bit for bit.
 */
export class FakeSession implements Session {
  readonly memory = { params: 0, grads: 0, moments: 0, activations: 0, workspace: 0 }
  private readonly rows: number
  private readonly columns: number
  private w: Float32Array
  private m: Float32Array
  private v: Float32Array
  disposed = false
  /** Steps taken by this object. */
  steps = 0
  inFlight = 0
  mostInFlight = 0
  /** Rejects the nth step as a lost device would. */
  loseAtStep = Infinity
  /** Reports a loss that is not a number at this step. */
  poisonAtStep = Infinity

  constructor(readonly options: SessionOptions) {
    this.rows = options.config.vocabSize
    this.columns = options.head.kind === 'lm' ? this.rows : options.head.numLabels
    this.w = new Float32Array(this.rows * this.columns)
    this.m = new Float32Array(this.w.length)
    this.v = new Float32Array(this.w.length)
  }

  setState(state: SessionState): void {
    this.w = state.params.get('w')!.slice()
    this.m = state.m?.get('w')?.slice() ?? new Float32Array(this.w.length)
    this.v = state.v?.get('w')?.slice() ?? new Float32Array(this.w.length)
  }

  async getState(what: { moments: boolean }): Promise<SessionState> {
    const map = (x: Float32Array): TensorMap => new Map([['w', x.slice()]])
    return { params: map(this.w), ...(what.moments ? { m: map(this.m), v: map(this.v) } : {}) }
  }

  async trainStep(batch: Batch, o: { learningRate: number; step: number; seed: number }) {
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight)
    if (o.step >= this.loseAtStep) {
      this.inFlight--
      throw new AppError({ code: 'gpu_lost', message: 'The graphics card was reset.' })
    }
    const { loss, count, grad } = this.run(batch)
    let norm = 0
    for (let i = 0; i < this.w.length; i++) {
      const g = grad[i]! / Math.max(1, count)
      norm += g * g
      this.m[i] = 0.9 * this.m[i]! + 0.1 * g
      this.v[i] = 0.99 * this.v[i]! + 0.01 * g * g
      const mhat = this.m[i]! / (1 - 0.9 ** o.step)
      const vhat = this.v[i]! / (1 - 0.99 ** o.step)
      this.w[i]! -= (o.learningRate * mhat) / (Math.sqrt(vhat) + 1e-8)
    }
    this.steps++
    await Promise.resolve()
    this.inFlight--
    return { loss: o.step === this.poisonAtStep ? NaN : loss / Math.max(1, count), gradNorm: Math.sqrt(norm) }
  }

  async evaluate(batch: Batch) {
    const { loss, count, logits } = this.run(batch)
    const result = { loss: count ? loss / count : 0, count }
    return 'lastIndex' in batch ? { ...result, logits } : result
  }

  decoder(): Decoder {
    const { w, rows: V } = this
    let length = 0
    return {
      get length() {
        return length
      },
      reset: () => (length = 0),
      feed: async (ids) => {
        length += ids.length
        const last = ids[ids.length - 1]!
        return w.slice(last * V, (last + 1) * V)
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
    const grad = new Float64Array(this.w.length)
    const logits = new Float32Array(B * N)
    let loss = 0
    let count = 0
    const example = (inputs: ArrayLike<number>, label: number, out: Float32Array) => {
      for (let t = 0; t < inputs.length; t++) {
        for (let j = 0; j < N; j++) out[j]! += this.w[inputs[t]! * N + j]! / inputs.length
      }
      if (label === IGNORE) return
      const top = Math.max(...out)
      const total = out.reduce((sum, x) => sum + Math.exp(x - top), 0)
      loss += Math.log(total) + top - out[label]!
      count++
      for (let t = 0; t < inputs.length; t++) {
        for (let j = 0; j < N; j++) {
          grad[inputs[t]! * N + j]! += (Math.exp(out[j]! - top) / total - (j === label ? 1 : 0)) / inputs.length
        }
      }
    }
    for (let b = 0; b < B; b++) {
      if ('lastIndex' in batch) {
        const ids = batch.inputIds.subarray(b * T, b * T + batch.lastIndex[b]! + 1)
        example(ids, batch.labels[b]!, logits.subarray(b * N, (b + 1) * N))
      } else {
        for (let t = 0; t < T; t++) {
          const at = b * T + t
          example(batch.inputIds.subarray(at, at + 1), batch.labels[at]!, new Float32Array(N))
        }
      }
    }
    return { loss, count, grad, logits }
  }
}
