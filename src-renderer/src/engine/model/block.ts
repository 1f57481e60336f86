import type { GptConfig } from '@shared/model/config.ts'
import type { Allocation, Dropout, Ops, Tensor } from '../backend.ts'
import type { blockNames } from './tensors.ts'

/** Legend: M = B T rows, C width, H heads. */
export interface BlockContext {
  ops: Ops
  config: GptConfig
  /** M */
  rows: number
  /** Parameters of this block, by the name after `transformer.h.{i}.`; undefined for an absent bias. */
  param(name: string): Tensor
  optionalParam(name: string): Tensor | undefined
  acts: Allocation
  names: ReturnType<typeof blockNames>
  /** Dropout of the attention weights and of the two branches; absent outside training steps. */
  dropout?: { attention: Dropout; attentionBranch: Dropout; mlpBranch: Dropout }
}

/** x (M, C) -> x + attention(ln_1(x)) -> x + mlp(ln_2(x)) (pre-LN, GPT-2). */
export function blockForward(block: BlockContext, attend: (qkv: Tensor, out: Tensor, lse: Tensor) => void): void {
  const { ops, config, rows, param, optionalParam, acts, names } = block
  const { nEmbd: C, layerNormEpsilon: eps } = config
  const at = (name: keyof typeof names) => acts.get(names[name])

  norm('ln_1', at('input'), at('ln1'), at('stats1'))
  // qkv (M, 3C) = ln1 (M, C) W (C, 3C) + b
  ops.matmul({
    layout: 'nn',
    a: at('ln1'),
    b: param('attn.c_attn.weight'),
    bias: optionalParam('attn.c_attn.bias'),
    out: at('qkv'),
    m: rows,
    n: 3 * C,
    k: C,
  })
  attend(at('qkv'), at('attention'), at('lse'))
  project('attn.c_proj', at('attention'), C, at('input'), at('middle'), block.dropout?.attentionBranch)
  norm('ln_2', at('middle'), at('ln2'), at('stats2'))
  // act (M, 4C) = gelu(ln2 (M, C) W (C, 4C) + b)
  ops.matmul({
    layout: 'nn',
    a: at('ln2'),
    b: param('mlp.c_fc.weight'),
    bias: param('mlp.c_fc.bias'),
    gelu: acts.has(names.pre) ? { pre: at('pre') } : {},
    out: at('act'),
    m: rows,
    n: 4 * C,
    k: C,
  })
  project('mlp.c_proj', at('act'), 4 * C, at('middle'), at('output'), block.dropout?.mlpBranch)

  function norm(name: string, x: Tensor, out: Tensor, stats: Tensor): void {
    ops.layerNorm({ x, weight: param(`${name}.weight`), bias: param(`${name}.bias`), out, stats, rows, eps })
  }

  /** out (M, C) = residual + dropout(x (M, k) W (k, C) + b) */
  function project(name: string, x: Tensor, k: number, residual: Tensor, out: Tensor, dropout?: Dropout): void {
    const product = {
      layout: 'nn',
      a: x,
      b: param(`${name}.weight`),
      bias: param(`${name}.bias`),
      m: rows,
      n: C,
      k,
    } as const
    if (!dropout) return ops.matmul({ ...product, residual, out })
    const branch = acts.get('branch')
    ops.matmul({ ...product, out: branch })
    ops.dropout({ ...dropout, x: branch, residual, out, length: rows * C })
  }
}

export interface BlockBackwardContext extends BlockContext {
  /** Gradient of a parameter of this block. */
  grad(name: string): Tensor
}

/** Turns `dhidden`, the gradient of the block's output, into that of its input, and fills the gradients of its parameters. */
export function blockBackward(
  block: BlockBackwardContext,
  attendBackward: (qkv: Tensor, out: Tensor, lse: Tensor, dout: Tensor, dqkv: Tensor) => void,
): void {
  const { ops, config, rows, param, optionalParam, grad, acts, names } = block
  const { nEmbd: C } = config
  const at = (name: keyof typeof names) => acts.get(names[name])
  const [dhidden, dinner, dqkv, dact] = ['dhidden', 'dinner', 'dqkv', 'dact'].map((name) => acts.get(name)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ]

  let dbranch = undropped(block.dropout?.mlpBranch)
  linear('mlp.c_proj', at('act'), 4 * C, dbranch, C, dact, at('pre'))
  linear('mlp.c_fc', at('ln2'), C, dact, 4 * C, dinner)
  norm('ln_2', at('middle'), at('stats2'))

  dbranch = undropped(block.dropout?.attentionBranch)
  linear('attn.c_proj', at('attention'), C, dbranch, C, dinner)
  attendBackward(at('qkv'), at('attention'), at('lse'), dinner, dqkv)
  linear('attn.c_attn', at('ln1'), C, dqkv, 3 * C, dinner)
  norm('ln_1', at('input'), at('stats1'))

  /** Gradient of a branch's end, before its dropout. */
  function undropped(dropout?: Dropout): Tensor {
    if (!dropout) return dhidden
    const branch = acts.get('branch')
    ops.dropout({ ...dropout, x: dhidden, out: branch, length: rows * C })
    return branch
  }

  /** Of y (M, n) = x (M, k) W (k, n) + b; `pre` where x = gelu(pre): then dx is the gradient of pre. */
  function linear(name: string, x: Tensor, k: number, dy: Tensor, n: number, dx: Tensor, pre?: Tensor): void {
    const weight = `${name}.weight`
    const columnSums = optionalParam(`${name}.bias`) && grad(`${name}.bias`)
    ops.matmul({ layout: 'tn', a: x, b: dy, out: grad(weight), m: k, n, k: rows, columnSums })
    ops.matmul({ layout: 'nt', a: dy, b: param(weight), out: dx, m: rows, n: k, k: n, geluBackward: pre })
  }

  /** dhidden += gradient of the norm's input, given `dinner` of its output. */
  function norm(name: string, x: Tensor, stats: Tensor): void {
    ops.layerNormBackward({
      dout: dinner,
      x,
      weight: param(`${name}.weight`),
      stats,
      dx: dhidden,
      accumulate: true,
      dweight: grad(`${name}.weight`),
      dbias: grad(`${name}.bias`),
      rows,
    })
  }
}
