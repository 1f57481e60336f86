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
import {
  alone, commandOf, finishTask, FIRST, holdsTask, openCommand, openNumber, PROGRAM, refuseFailed, setThread, takeTicket, taskOf, threadIndex,
  waitPast,
} from './pool'
import { columnSum, dropout, fill, gatherRows, geluRange, scatterRows } from './rows'
import { setScratch } from './scratch'

/** First address that the module itself doesn't use. */
export function heapBase(): usize {
  return __heap_base
}

/** First of all in every instance, and in that of thread 0 before any other. */
export function init(index: i32, count: i32): void {
  setThread(index, count)
}

/** Thread 0: has a program carried out by all threads; returns when it is done. With 0 it tells the others to end. */
export function run(program: usize): void {
  if (alone()) return runAlone(program)
  refuseFailed()
  const first = openNumber() + 1
  store<usize>(PROGRAM, program)
  store<i32>(FIRST, first)
  if (program == 0) return openCommand(first, 0)
  openNext(program + HEADER, first)
  const end = first + load<i32>(program)
  for (let ticket = takeTicket(); commandOf(ticket) != end; ticket = takeTicket()) helpWith(ticket)
}

/** Every other thread: helps until told to end. */
export function help(): void {
  // At first there is no program, but nor is there a command before its first.
  do helpWith(takeTicket())
  while (load<usize>(PROGRAM) != 0)
}

/** Does the task that a ticket stands for, or waits for the next command. */
function helpWith(ticket: i64): void {
  if (holdsTask(ticket)) carryOut(ticket)
  else waitPast(commandOf(ticket))
}

/** Bytes before a program's first command, and before a command's parameters. */
const HEADER: usize = 12

// Where this thread is in the program that it knows.
let knownProgram: usize = 0
let knownFirst: i32 = 0
let command: usize = 0
let number: i32 = 0

/** Goes to the command of a ticket that holds a task. */
function seek(wanted: i32): void {
  const program = load<usize>(PROGRAM)
  const first = load<i32>(FIRST)
  if (program != knownProgram || first != knownFirst) {
    knownProgram = program
    knownFirst = first
    command = program + HEADER
    number = first
    setScratch(load<usize>(program, 4) + <usize>threadIndex() * load<usize>(program, 8))
  }
  for (; number != wanted; number++) command = after(command)
}

// @ts-ignore: decorator
@inline
function after(command: usize): usize {
  return command + HEADER + (load<usize>(command, 8) << 2)
}

function carryOut(ticket: i64): void {
  seek(commandOf(ticket))
  const tasks = load<i32>(command, 4)
  call(load<i32>(command), command + HEADER, taskOf(ticket, tasks))
  if (finishTask(tasks)) openNext(after(command), number + 1)
}

/** Opens the first command from this one on that has tasks; where there is none, the program's end. */
function openNext(command: usize, number: i32): void {
  const end = load<i32>(FIRST) + load<i32>(load<usize>(PROGRAM))
  let tasks = 0
  for (; number != end; number++, command = after(command)) {
    tasks = load<i32>(command, 4)
    if (tasks != 0) break
  }
  openCommand(number, tasks)
}

function runAlone(program: usize): void {
  setScratch(load<usize>(program, 4))
  let command = program + HEADER
  for (let i = load<i32>(program); i > 0; i--, command = after(command)) {
    const kernel = load<i32>(command)
    const tasks = load<i32>(command, 4)
    for (let task = 0; task < tasks; task++) call(kernel, command + HEADER, task)
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
