// The module's entry: threads go through a program's commands together.
// Program: commands, address of scratch memory, bytes of it per thread, then each command: kernel, tasks, words, parameters.
import { adamw, clipFactor, sumSquares } from './adamw'
import { appendKv, attention, attentionBackward, cachedAttention } from './attention'
import { crossEntropy } from './cross_entropy'
import { embedding, embeddingBackward, positionBackward } from './embedding'
import * as ids from './ids'
import { layerNorm, layerNormBackward } from './layer_norm'
import { matmul } from './matmul'
import { matvec, vecmat, vecmatSum } from './matvec'
import { copy, peakFma } from './peak'
import { barrier, PROGRAM, setThread, takeTask, threadIndex } from './pool'
import { columnSum, dropout, fill, gatherRows, geluRange, scatterRows } from './rows'
import { setScratch } from './scratch'

/** First address that the module itself doesn't use. */
export function heapBase(): usize {
  return __heap_base
}

/** First of all in every instance. */
export function init(index: i32, count: i32): void {
  setThread(index, count)
}

/** Thread 0: has a program carried out by all threads; returns when it is done. */
export function run(program: usize): void {
  store<usize>(PROGRAM, program)
  barrier()
  if (program != 0) carryOut(program)
}

/** Every other thread: helps until told to end. */
export function help(): void {
  while (true) {
    barrier()
    const program = load<usize>(PROGRAM)
    if (program == 0) return
    carryOut(program)
  }
}

function carryOut(program: usize): void {
  const commands = load<i32>(program)
  setScratch(load<usize>(program, 4) + <usize>threadIndex() * load<usize>(program, 8))
  let at = program + 12
  for (let i = 0; i < commands; i++) {
    const kernel = load<i32>(at)
    const tasks = load<i32>(at, 4)
    const params = at + 12
    for (let task = takeTask(); task < tasks; task = takeTask()) call(kernel, params, task)
    at = params + (load<usize>(at, 8) << 2)
    barrier()
  }
}

function call(kernel: i32, p: usize, task: i32): void {
  switch (kernel) {
    case ids.FILL: return fill(p, task)
    case ids.DROPOUT: return dropout(p, task)
    case ids.GELU: return geluRange(p, task)
    case ids.GATHER_ROWS: return gatherRows(p, task)
    case ids.SCATTER_ROWS: return scatterRows(p, task)
    case ids.COLUMN_SUM: return columnSum(p, task)
    case ids.EMBEDDING: return embedding(p, task)
    case ids.EMBEDDING_BACKWARD: return embeddingBackward(p, task)
    case ids.POSITION_BACKWARD: return positionBackward(p, task)
    case ids.LAYER_NORM: return layerNorm(p, task)
    case ids.LAYER_NORM_BACKWARD: return layerNormBackward(p, task)
    case ids.CROSS_ENTROPY: return crossEntropy(p, task)
    case ids.MATMUL: return matmul(p, task)
    case ids.VECMAT: return vecmat(p, task)
    case ids.VECMAT_SUM: return vecmatSum(p, task)
    case ids.MATVEC: return matvec(p, task)
    case ids.ATTENTION: return attention(p, task)
    case ids.ATTENTION_BACKWARD: return attentionBackward(p, task)
    case ids.APPEND_KV: return appendKv(p, task)
    case ids.CACHED_ATTENTION: return cachedAttention(p, task)
    case ids.SUM_SQUARES: return sumSquares(p, task)
    case ids.CLIP_FACTOR: return clipFactor(p, task)
    case ids.ADAMW: return adamw(p, task)
    case ids.PEAK_FMA: return peakFma(p, task)
    case ids.COPY: return copy(p, task)
    default: unreachable()
  }
}
