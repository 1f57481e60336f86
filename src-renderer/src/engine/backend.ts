import type { MemoryCategory, TensorSpec } from '@shared/model/layout.ts'
import type { BackendDescription } from './worker/protocol.ts'

/**
 * What a device must offer so that a GPT can be trained and sampled on it: named tensors, recorded programs, and a small catalogue of
 * operations. Legend: B batch, T sequence length, M = B T rows, C width, H heads, D = C / H head size, V vocabulary.
 * Every tensor is row-major; every operation writes its whole output unless it says that it accumulates.
 */

export type { MemoryCategory, TensorSpec }

/** A tensor on a device; only its own backend knows where it lies. */
export interface Tensor extends Readonly<TensorSpec> {
  /** Number of elements. */
  readonly length: number
}

/** Tensors by name. */
export interface Tensors {
  /** @throws Error where there is none of that name */
  get(name: string): Tensor
  has(name: string): boolean
}

/** Tensors that live and die together, zero at first. */
export interface Allocation extends Tensors {
  readonly category: MemoryCategory
  readonly bytes: number
  free(): void
}

/** An allocation laid out without holes that matter, so that one operation can sweep over all of it; equal specs give equal layouts. */
export interface PackedAllocation extends Allocation {
  readonly packed: true
}

export interface Counters {
  /** Live buffers and their bytes. */
  buffers: number
  bytes: number
  /** Since the backend was opened. */
  dispatches: number
  submits: number
  /** Bind groups (or their equal) created since the backend was opened: none while programs are replayed. */
  bindGroups: number
}

/** A recorded sequence of operations, replayed as often as wished. */
export interface Program {
  readonly label: string
  /** Bytes of its own: constants, parameters of its dispatches, scratch. */
  readonly bytes: number
  readonly dispatches: number
  free(): void
}

export interface LostInfo {
  reason: string
  message: string
}

export interface Backend {
  readonly info: BackendDescription
  readonly counters: Readonly<Counters>
  /** Resolves when the device is gone, by `destroy()` as by a driver reset. Everything then rejects with AppError 'gpu_lost'. */
  readonly lost: Promise<LostInfo>
  /** @throws AppError 'out_of_memory', with nothing left allocated */
  allocate(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<Allocation>
  /** f32, or all f16; places in numbers are the same for both. @throws AppError 'out_of_memory', with nothing left allocated */
  allocatePacked(category: MemoryCategory, specs: readonly TensorSpec[]): Promise<PackedAllocation>
  /** Records what `build` asks for; the shapes are fixed from then on. */
  record(label: string, build: (ops: Ops) => void): Promise<Program>
  /** Enqueues a replay; allocates nothing and waits for nothing. */
  run(program: Program): void
  /** Enqueues a write of the first `data.length` elements, in order with the runs round it. Not of f16: `cast` does that. */
  write(tensor: Tensor, data: Float32Array | Uint32Array | Int32Array): void
  /**
   * Reads f32 elements `start` .. `start + length` as they are after everything enqueued so far; not f16. A tensor of more than 16 MiB comes in
   * pieces, so enqueue nothing that writes it before the promise has settled.
   */
  read(tensor: Tensor, start?: number, length?: number): Promise<Float32Array>
  destroy(): void
}

export interface Dropout {
  /** Probability of dropping an element, 0 < p < 1; what is kept is scaled by 1 / (1 - p). */
  p: number
  /** Tells this place in the model from every other. */
  stream: number
  /** (1) u32, one value per step. The mask is a function of seed, stream and element, so backward finds it again. */
  seed: Tensor
}

export interface EmbeddingArgs {
  /** (M) u32; ids past the vocabulary read its last row. */
  tokens: Tensor
  /** (V, C) */
  wte: Tensor
  /** (positions, C) */
  wpe: Tensor
  /** (M, C) */
  out: Tensor
  rows: number
  /** Position of row r is r % seqLen, plus the cursor's first element where there is one. */
  seqLen: number
  cursor?: Tensor
}

export interface EmbeddingBackwardArgs {
  /** (M, C) */
  dout: Tensor
  /** Of `buildTokenIndex`. */
  tokenIndex: Tensor
  /** (V, C), added to. */
  dwte: Tensor
  /** (positions, C), overwritten, zero past seqLen; or added to with `accumulate`. Nothing of it is worked out when absent. */
  dwpe?: Tensor
  accumulate?: boolean
  rows: number
  seqLen: number
}

export interface LayerNormArgs {
  /** (M, C) */
  x: Tensor
  /** (C) */
  weight: Tensor
  /** (C) */
  bias: Tensor
  /** (M, C) */
  out: Tensor
  /** (M, 2) mean and 1 / sqrt(variance + eps), kept for backward. */
  stats: Tensor
  rows: number
  eps: number
}

export interface LayerNormBackwardArgs {
  dout: Tensor
  x: Tensor
  weight: Tensor
  stats: Tensor
  /** (M, C) overwritten, or added to with `accumulate`. */
  dx: Tensor
  accumulate: boolean
  /** (C) each, overwritten, or added to with `accumulate`; nothing of them is worked out when absent. */
  params?: { dweight: Tensor; dbias: Tensor; accumulate?: boolean }
  rows: number
}

export interface MatmulArgs {
  /**
   * nn: A (m, k) B (k, n); nt: A (m, k) B (n, k)^T; tn: A (k, m)^T B (k, n). Out (m, n).
   * Where a leading dimension is longer than its row, what lies between must be finite, and zero along k in A of nn.
   */
  layout: 'nn' | 'nt' | 'tn'
  a: Tensor
  b: Tensor
  out: Tensor
  m: number
  n: number
  k: number
  /** Distance between rows, in elements; the row's length when absent. */
  lda?: number
  ldb?: number
  ldc?: number
  /** First element used. */
  aOffset?: number
  bOffset?: number
  outOffset?: number
  /** What the product is multiplied by, before anything is added; not together with `accumulate`. */
  scale?: number
  /** (n), added to every row. */
  bias?: Tensor
  /** Like out, added after the bias. */
  residual?: Tensor
  /** Out becomes GELU of the sum; `pre` keeps the sum for backward. */
  gelu?: { pre?: Tensor }
  /** Out is multiplied by GELU's derivative at these values of the forward pass. */
  geluBackward?: Tensor
  /** What out holds is added to the product, before GELU or its derivative. */
  accumulate?: boolean
  /**
   * Of tn without GELU: (n), becomes the sum of B's k rows, which is a bias's gradient when B is the gradient of a layer's output. Added
   * to with `accumulate`.
   */
  columnSums?: Tensor
  /** Whether out is a gradient: past the largest f16 it becomes infinite, so that the step shows as worthless. Else it is clamped. */
  gradient?: boolean
}

export interface AttentionArgs {
  /** (M, 3C): q | k | v, each H heads of D consecutive columns. */
  qkv: Tensor
  /** (M, C) */
  out: Tensor
  /** (B, H, T) logsumexp of each row of scores, kept for backward. */
  lse: Tensor
  batch: number
  seqLen: number
  heads: number
  headSize: number
  /** Of the attention weights. */
  dropout?: Dropout
}

export interface AttentionBackwardArgs extends AttentionArgs {
  /** (M, C) gradient of `out`. */
  dout: Tensor
  /** (B, H, T) scratch: sum over D of dout * out. */
  delta: Tensor
  /** (M, 3C) */
  dqkv: Tensor
}

export interface CachedAttentionArgs {
  /** (rows, 3C): its q part asks. */
  qkv: Tensor
  /** (positions, 2C): k | v of every position so far. */
  cache: Tensor
  /** (2) u32: position of the first row, number of rows that count. */
  cursor: Tensor
  /** (rows, C) */
  out: Tensor
  rows: number
  heads: number
  headSize: number
}

export interface AppendKvArgs {
  qkv: Tensor
  cache: Tensor
  cursor: Tensor
  rows: number
  width: number
}

export interface DropoutArgs extends Dropout {
  /** (length) */
  x: Tensor
  /** Like x, added after dropping. */
  residual?: Tensor
  /** Like x; another tensor. */
  out: Tensor
  length: number
}

export interface CastArgs {
  /** (length) f32 or f16 */
  x: Tensor
  /** Like x, f32 or f16; what f16 can't hold is clamped. */
  out: Tensor
  length: number
}

export interface GeluArgs {
  /** (length) */
  x: Tensor
  /** Like x. */
  out: Tensor
  length: number
}

export interface CrossEntropyArgs {
  /** (rows, ld), ld = V rounded up to a multiple of 4; overwritten with its gradient when `gradient`. */
  logits: Tensor
  /** i32 class ids; any id outside 0 .. V-1 is ignored (loss and gradient 0). */
  labels: Tensor
  /** Loss of each row in nats, unscaled. */
  rowLoss: Tensor
  /** (1) what the gradient is scaled by: 1 / number of counted labels. */
  scale: Tensor
  /** (1) or more: its first number scales the gradient as well; of WebGPU only. */
  lossScale?: Tensor
  /** Row r of logits belongs to labels and rowLoss element rowOffset + r. */
  rowOffset: number
  rows: number
  vocabSize: number
  gradient: boolean
}

export interface ColumnSumArgs {
  /** (rows, columns) */
  x: Tensor
  /** (columns) from `outOffset`. */
  out: Tensor
  outOffset?: number
  /** Adds to out instead of overwriting it. */
  accumulate?: boolean
  rows: number
  columns: number
}

export interface RowSelectArgs {
  /** (B, T, C) */
  x: Tensor
  /** (B) u32 index into T of the row that counts. */
  index: Tensor
  /** (B, C) */
  out: Tensor
  batch: number
  seqLen: number
  width: number
}

/** Dynamic scaling of the loss (Micikevicius et al. 2018), so that small gradients don't vanish in 16 bits. */
export interface LossScaling {
  /** (3): what the loss is multiplied by, clean steps since that last changed, steps skipped so far. */
  state: Tensor
  /** Clean steps after which the scale doubles. It halves, to no less than 1, after a step whose norm is not finite. */
  growAfter: number
}

export interface GradNormArgs {
  grads: PackedAllocation
  /** Largest norm; 0 switches clipping off. */
  maxNorm: number
  /** Element 1 becomes the global L2 norm before clipping, element 2 the factor that clips it. */
  results: Tensor
  /**
   * Where the loss was scaled, and the gradients with it: the norm and the factor undo it, element 3 becomes the scale that was, and the
   * state moves on. Of WebGPU only.
   */
  scaling?: LossScaling
}

export interface AdamWArgs {
  params: PackedAllocation
  grads: PackedAllocation
  m: PackedAllocation
  v: PackedAllocation
  /** Names of the parameters that decay. */
  decays: ReadonlySet<string>
  /** (3): learning rate, 1 - beta1^step, 1 - beta2^step. */
  schedule: Tensor
  /** Of `gradNorm`; nothing changes when the norm is not finite. */
  results: Tensor
  beta1: number
  beta2: number
  eps: number
  weightDecay: number
  /** f16 tensors of the same names and shapes, which become the parameters, rounded. Of WebGPU only. */
  shadow?: PackedAllocation
}

/** The catalogue. Called only while recording. */
export interface Ops {
  embedding(args: EmbeddingArgs): void
  embeddingBackward(args: EmbeddingBackwardArgs): void
  layerNorm(args: LayerNormArgs): void
  layerNormBackward(args: LayerNormBackwardArgs): void
  matmul(args: MatmulArgs): void
  /** Causal, scores scaled by 1 / sqrt(D), without a T x T tensor. */
  attention(args: AttentionArgs): void
  attentionBackward(args: AttentionBackwardArgs): void
  /** Writes the k and v parts of the rows that count into the cache, from the cursor on. */
  appendKv(args: AppendKvArgs): void
  cachedAttention(args: CachedAttentionArgs): void
  dropout(args: DropoutArgs): void
  /** What `gelu` of a matmul makes of the same sum. */
  gelu(args: GeluArgs): void
  crossEntropy(args: CrossEntropyArgs): void
  columnSum(args: ColumnSumArgs): void
  fill(args: { out: Tensor; value: number }): void
  gatherRows(args: RowSelectArgs): void
  /** Backward of gatherRows: `x` becomes `out`'s rows in their places and zero elsewhere. */
  scatterRows(args: RowSelectArgs): void
  cast(args: CastArgs): void
  gradNorm(args: GradNormArgs): void
  /** Decoupled weight decay (Loshchilov and Hutter), eps outside the root, as torch.optim.AdamW. */
  adamW(args: AdamWArgs): void
}
