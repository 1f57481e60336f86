import type { GptConfig } from '@shared/model/config.ts'
import { blockAdapters, type Adapter, type LoraOptions } from '@shared/model/lora.ts'
import type { Allocation, Dropout, MatmulArgs, Ops, Tensor } from '../backend.ts'
import { adapterBackward, adapterForward, type AdapterContext } from './adapters.ts'
import { WIDE, type blockNames } from '@shared/model/tensors.ts'

/** Legend: M = B T rows, C width, H heads. */
export interface BlockContext {
  ops: Ops
  config: GptConfig
  /** M */
  rows: number
  /** Parameters of this block, by the name after `transformer.h.{i}.`; undefined for an absent bias. */
  param(name: string): Tensor
  optionalParam(name: string): Tensor | undefined
  /** A parameter as products read it. */
  weight(name: string): Tensor
  lora: LoraOptions | null
  acts: Allocation
  names: ReturnType<typeof blockNames>
  /** Dropout of the attention weights and of the two branches; absent outside training steps. */
  dropout?: { attention: Dropout; attentionBranch: Dropout; mlpBranch: Dropout }
}

export type Linear = Adapter['linear']
type Norm = 'ln_1' | 'ln_2'
export type Attend = (qkv: Tensor, out: Tensor, lse: Tensor) => void

/** x (M, C) -> x + attention(ln_1(x)) -> x + mlp(ln_2(x)) (pre-LN, GPT-2). */
export function blockForward(block: BlockContext, attend: Attend): void {
  innerForward(block, attend)
  project(block, 'mlp.c_proj', 'act', 'middle', 'output', block.dropout?.mlpBranch)
}

/** All of the forward pass that the backward pass looks back at: up to GELU. */
export function innerForward(block: BlockContext, attend: Attend): void {
  const { acts, names } = block
  const { nEmbd: C } = block.config
  const at = (name: 'qkv' | 'attention' | 'lse' | 'ln1' | 'ln2' | 'act') => acts.get(names[name])
  norm(block, 'ln_1')
  linear(block, 'attn.c_attn', at('ln1'), C, 3 * C, at('qkv'))
  attend(at('qkv'), at('attention'), at('lse'))
  project(block, 'attn.c_proj', 'attention', 'input', 'middle', block.dropout?.attentionBranch)
  norm(block, 'ln_2')
  linear(block, 'mlp.c_fc', at('ln2'), C, 4 * C, at('act'), { gelu: names.pre ? { pre: acts.get(names.pre) } : {} })
}

function norm({ ops, config, rows, param, acts, names }: BlockContext, name: Norm): void {
  const [x, out, stats] =
    name === 'ln_1' ? (['input', 'ln1', 'stats1'] as const) : (['middle', 'ln2', 'stats2'] as const)
  ops.layerNorm({
    x: acts.get(names[x]),
    weight: param(`${name}.weight`),
    bias: param(`${name}.bias`),
    out: acts.get(names[out]),
    stats: acts.get(names[stats]),
    rows,
    eps: config.layerNormEpsilon,
  })
}

/** out (M, n) = x (M, k) W (k, n) + b with its adapters, then what `more` asks for. */
function linear(
  block: BlockContext,
  name: Linear,
  x: Tensor,
  k: number,
  n: number,
  out: Tensor,
  more: Pick<MatmulArgs, 'residual' | 'gelu'> = {},
): void {
  const { ops, rows, weight, optionalParam } = block
  const adapters = adaptersOf(block, name, x, n)
  // GELU takes the whole sum, so there the product is added to the adapter's part, which spans all columns.
  const [before, after] = more.gelu ? [adapters, []] : [[], adapters]
  for (const adapter of before) adapterForward(adapter, out, false)
  ops.matmul({
    layout: 'nn',
    a: x,
    b: weight(`${name}.weight`),
    bias: optionalParam(`${name}.bias`),
    out,
    m: rows,
    n,
    k,
    accumulate: before.length > 0,
    ...more,
  })
  for (const adapter of after) adapterForward(adapter, out, true)
}

/** out (M, C) = from + dropout(linear(x)) */
function project(
  block: BlockContext,
  name: Linear,
  x: 'attention' | 'act',
  from: 'input' | 'middle',
  to: 'middle' | 'output',
  dropout?: Dropout,
): void {
  const { ops, config, rows, acts, names } = block
  const { nEmbd: C } = config
  const [residual, out] = [acts.get(names[from]), acts.get(names[to])]
  const k = x === 'act' ? 4 * C : C
  if (!dropout) return linear(block, name, acts.get(names[x]), k, C, out, { residual })
  const branch = acts.get('branch')
  linear(block, name, acts.get(names[x]), k, C, branch)
  ops.dropout({ ...dropout, x: branch, residual, out, length: rows * C })
}

/** Works out again, from what was kept, what goes into a linear layer. */
function inputAgain(block: BlockContext, name: Linear): void {
  const { ops, config, rows, acts, names } = block
  if (name !== 'mlp.c_proj') return norm(block, name === 'mlp.c_fc' ? 'ln_2' : 'ln_1')
  ops.gelu({ x: acts.get(names.pre!), out: acts.get(names.act), length: rows * 4 * config.nEmbd })
}

/** The adapters of a linear layer with `width` outputs. */
function adaptersOf(block: BlockContext, linear: Linear, x: Tensor, width: number): AdapterContext[] {
  const { ops, config, lora, rows, param, acts, names } = block
  if (!lora) return []
  return blockAdapters(config, lora)
    .filter((adapter) => adapter.linear === linear)
    .map((adapter) => {
      const low = acts.get(`${names.lora}.${adapter.a}`)
      return { ops, adapter, lora, rows, width, a: param(adapter.a), b: param(adapter.b), x, low }
    })
}

export interface BlockBackwardContext extends BlockContext {
  /** Gradient of a parameter of this block; undefined where it is frozen. */
  grad(name: string): Tensor | undefined
  /** Whether what went into a linear layer was not kept. */
  isLost(linear: Linear): boolean
  /** Whether gradients of parameters are added to instead of overwritten. */
  adding: boolean
  /** Whether anything below this block trains. */
  below: boolean
}

/** In the order of the backward pass. */
const LAYERS = ['mlp.c_proj', 'mlp.c_fc', 'ln_2', 'attn.c_proj', 'attn.c_attn', 'ln_1'] as const

/**
 * Turns `dhidden`, the gradient of the block's output, into that of its input, and fills the gradients of its parameters that train.
 * Stops early, with `dhidden` half done, where nothing further down trains.
 */
export function blockBackward(
  block: BlockBackwardContext,
  attendBackward: (qkv: Tensor, out: Tensor, lse: Tensor, dout: Tensor, dqkv: Tensor) => void,
): void {
  const { ops, config, rows, param, grad, acts, names, adding } = block
  const { nEmbd: C } = config
  const at = (name: Exclude<keyof typeof names, 'pre'>) => acts.get(names[name])
  const [dhidden, dinner, wide] = [acts.get('dhidden'), acts.get('dinner'), acts.get(WIDE)]
  const learning = new Set<string>(
    LAYERS.filter(
      (name) => grad(`${name}.weight`) || blockAdapters(config, block.lora).some((a) => a.linear === name && grad(a.a)),
    ),
  )
  /** Whether the gradient of a layer's input is needed. */
  const goesOn = (name: (typeof LAYERS)[number]) =>
    block.below || LAYERS.slice(LAYERS.indexOf(name) + 1).some((lower) => learning.has(lower))

  const dmlp = undropped(block.dropout?.mlpBranch)
  if (!linear('mlp.c_proj', at('act'), 4 * C, dmlp, C, wide, acts.get(names.pre!))) return
  if (!linear('mlp.c_fc', at('ln2'), C, wide, 4 * C, dinner)) return
  if (!norm('ln_2', at('middle'), at('stats2'))) return
  const dattention = undropped(block.dropout?.attentionBranch)
  if (!linear('attn.c_proj', at('attention'), C, dattention, C, dinner)) return
  attendBackward(at('qkv'), at('attention'), at('lse'), dinner, wide)
  if (!linear('attn.c_attn', at('ln1'), C, wide, 3 * C, dinner)) return
  norm('ln_1', at('input'), at('stats1'))

  /** Gradient of a branch's end, before its dropout. */
  function undropped(dropout?: Dropout): Tensor {
    if (!dropout) return dhidden
    const branch = acts.get('branch')
    ops.dropout({ ...dropout, x: dhidden, out: branch, length: rows * C })
    return branch
  }

  /**
   * Of y (M, n) = x (M, k) W (k, n) + b with its adapters; `pre` where x = gelu(pre): then dx is the gradient of pre. Returns whether dx
   * was wanted.
   */
  function linear(name: Linear, x: Tensor, k: number, dy: Tensor, n: number, dx: Tensor, pre?: Tensor): boolean {
    const dweight = grad(`${name}.weight`)
    const columnSums = grad(`${name}.bias`)
    if (block.isLost(name)) inputAgain(block, name)
    if (dweight) {
      ops.matmul({ layout: 'tn', a: x, b: dy, out: dweight, m: k, n, k: rows, columnSums, accumulate: adding })
    }
    const wanted = goesOn(name)
    // GELU's derivative takes the whole sum, so adapters come first.
    let accumulate = false
    for (const adapter of adaptersOf(block, name, x, n)) {
      const [da, db] = [grad(adapter.adapter.a)!, grad(adapter.adapter.b)!]
      const gradients = { da, db, adding, dlow: acts.get('dlow') }
      adapterBackward(adapter, dy, { ...gradients, ...(wanted && { dx: { out: dx, accumulate } }) })
      accumulate = true
    }
    if (!wanted) return false
    const product = { a: dy, b: block.weight(`${name}.weight`), out: dx, m: rows, n: k, k: n }
    ops.matmul({ layout: 'nt', ...product, geluBackward: pre, accumulate, gradient: true })
    return true
  }

  /** dhidden += gradient of the norm's input, given `dinner` of its output. Returns whether anything below needs it. */
  function norm(name: Norm, x: Tensor, stats: Tensor): boolean {
    const [dweight, dbias] = [grad(`${name}.weight`), grad(`${name}.bias`)]
    ops.layerNormBackward({
      dout: dinner,
      x,
      weight: param(`${name}.weight`),
      stats,
      dx: dhidden,
      accumulate: true,
      ...(dweight && dbias && { params: { dweight, dbias, accumulate: adding } }),
      rows,
    })
    return goesOn(name)
  }
}
