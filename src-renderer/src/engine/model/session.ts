import type { GptConfig, Head } from '@shared/model/config.ts'

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
  /** Global L2 norm of the gradients before clipping. */
  gradNorm: number
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
}

export interface Session {
  readonly options: SessionOptions
  /** Bytes held on the device by category. */
  readonly memory: Record<'params' | 'grads' | 'moments' | 'activations' | 'workspace', number>
  /** Sets parameters (all must be there, of the right size) and moments (zero when absent). */
  setState(state: SessionState): void
  /** Copies parameters, and moments when asked, as they are after the steps enqueued so far. */
  getState(what: { moments: boolean }): Promise<SessionState>
  /** Enqueues forward, backward, clipping and AdamW at once; resolves when the scalars are read back. Keep at most two in flight. */
  trainStep(batch: Batch, options: StepOptions): Promise<StepResult>
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
