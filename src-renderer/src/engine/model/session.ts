import type { GptConfig, Head } from '@shared/model/config.ts'
import type { Trainable } from '@shared/model/trainable.ts'
import type { Precision, Recompute } from '@shared/model/tensors.ts'

/**
 * What the trainer, the chat and the headless commands need of a model on a backend. Legend:
 * B batch, T sequence length of the batch (<= config.nPositions), C width, V vocabulary, N number of labels.
 */

/** Parameters, gradients or moments by Hugging Face name, row-major f32. */
export type TensorMap = Map<string, Float32Array>

export interface LmBatch {
  /** (B, T) token ids. */
  inputIds: Int32Array
  /** (B, T) the id that position t must predict (already shifted); -100 is ignored by the loss. */
  labels: Int32Array
}

export interface ClassificationBatch {
  /** (B, T) token ids; what follows `lastIndex` is padding. */
  inputIds: Int32Array
  /** (B) index of the last non-pad token of each row. */
  lastIndex: Int32Array
  /** (B) class ids; -100 is ignored by the loss (filler rows of a last, short batch). */
  labels: Int32Array
}

export type Batch = LmBatch | ClassificationBatch

export interface AdamWOptions {
  beta1: number
  beta2: number
  /** Added outside the root (PyTorch). */
  eps: number
  /** Decoupled; applied to every tensor of two dimensions (nanoGPT `configure_optimizers`). */
  weightDecay: number
  /** Largest global gradient norm; 0 switches clipping off. */
  gradClip: number
}

export interface SessionOptions {
  config: GptConfig
  head: Head
  batchSize: number
  /** T of every batch. */
  seqLen: number
  /** Null for a session that never trains: no gradients and no moments are allocated. */
  optimizer: AdamWOptions | null
  /**
   * What trains, and which low-rank adapters the model has; everything and none when absent. What is frozen has no gradients and no
   * moments, its weight gradients are not worked out, and the backward pass ends at the lowest part that trains. Adapters are part of
   * the state in every session that names them, by the names of `loraTable`, also where nothing trains.
   */
  trainable?: Trainable
  /**
   * Micro-batches (each of `batchSize` rows) whose gradients are summed before an optimizer step, >= 1; 1 when absent. One step over
   * n micro-batches equals a step over one batch of n times the rows, but for rounding and dropout masks, in the memory of one.
   */
  accumulate?: number
  /**
   * What the backward pass works out again, in less memory and more time. The numbers that come out are the same. 'auto', as when
   * absent: as little as fits, which `createFittingSession` finds out; otherwise nothing.
   */
  recompute?: Recompute | 'auto'
  /** f32 when absent. `mixed` only on WebGPU with 16-bit floats (see {@link Precision}). */
  precision?: Precision
}

export interface StepOptions {
  learningRate: number
  /** 1-based optimizer step, for Adam's bias correction. */
  step: number
  /** Seeds the counter-based dropout masks: the same seed and step give the same masks. */
  seed: number
}

export interface StepResult {
  /** Mean cross-entropy over labels other than -100, nats. */
  loss: number
  /** Global L2 norm of the gradients before clipping. In mixed precision a step whose norm is not finite changed nothing: it was skipped. */
  gradNorm: number
  /** What the loss was multiplied by, in mixed precision. */
  lossScale?: number
}

/** Of dynamic loss scaling, in mixed precision. */
export interface LossScale {
  /** What the next step's loss is multiplied by. */
  scale: number
  /** Steps since it changed. */
  cleanSteps: number
  /** Steps that changed nothing because a gradient was too large for 16 bits. */
  skipped: number
}

export interface EvalResult {
  /** Mean cross-entropy over the counted labels, nats; 0 when none counts. */
  loss: number
  /** Labels counted (other than -100). */
  count: number
  /** Classification only: (B, N) logits. */
  logits?: Float32Array
}

export interface SessionState {
  params: TensorMap
  /** Adam's first and second moments; absent in a model without optimizer state. */
  m?: TensorMap
  v?: TensorMap
  /** Comes and goes with the moments of a session in mixed precision; begins anew when absent. */
  lossScale?: LossScale
}

export interface Session {
  readonly options: SessionOptions
  /** Bytes held on the device by category. */
  readonly memory: Record<'params' | 'grads' | 'moments' | 'activations' | 'workspace', number>
  /** Sets parameters (all must be there, of the right size) and moments of those that train (zero when absent). */
  setState(state: SessionState): void
  /**
   * Copies all parameters, or those that train alone, and when asked the moments of those that train, as they are after the steps
   * enqueued so far.
   */
  getState(what: { moments: boolean; trainedOnly?: boolean }): Promise<SessionState>
  /**
   * Enqueues forward, backward, clipping and AdamW at once; resolves when the scalars are read back. Keep at most two in flight.
   * @param batch `accumulate` of them; one may come alone
   * @throws RangeError for another number of them
   */
  trainStep(batch: Batch | readonly Batch[], options: StepOptions): Promise<StepResult>
  /** Forward only, without dropout. */
  evaluate(batch: Batch): Promise<EvalResult>
  /** A KV-cache decoder for one sequence over the same parameters, always reading their present values. */
  decoder(): Decoder
  /** Frees everything on the device. */
  dispose(): void
}

export interface Decoder {
  /** Tokens in the cache, 0 .. config.nPositions. */
  readonly length: number
  reset(): void
  /** Appends ids (at least one; throws AppError 'too_large' past nPositions); resolves to the (V) logits after the last of them. */
  feed(ids: ArrayLike<number>): Promise<Float32Array>
  dispose(): void
}
