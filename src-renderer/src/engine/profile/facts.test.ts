import { expect, it } from 'vitest'
import type { Ops, Tensor } from '../backend.ts'
import { watched } from './facts.ts'
import { groupOps, rate, type OpFacts, type OpTiming } from './profile.ts'

const tensor = (name: string, ...shape: number[]): Tensor => ({ name, shape, length: shape.reduce((a, b) => a * b, 1) })
const half = (name: string, ...shape: number[]) => ({ ...tensor(name, ...shape), dtype: 'f16' }) as unknown as Tensor

/** What is told of the one operation that `build` asks for. */
function factsOf(build: (ops: Ops) => void): OpFacts {
  const told: OpFacts[] = []
  const done: unknown[] = []
  const catalogue = new Proxy({} as Ops, { get: () => (args: unknown) => done.push(args) })
  build(watched(catalogue, (facts) => told.push(facts)))
  expect(done).toHaveLength(1)
  expect(told).toHaveLength(1)
  return told[0]!
}

it('counts a product, and every operand once', () => {
  const [m, n, k] = [8, 6, 4]
  const args = { layout: 'nn', a: tensor('a', m, k), b: tensor('b', k, n), out: tensor('c', m, n), m, n, k } as const
  expect(factsOf((ops) => ops.matmul(args))).toEqual({
    op: 'matmul',
    detail: 'nn 8 x 6 x 4',
    flops: 2 * m * n * k,
    bytes: 4 * (m * k + k * n + m * n),
  })
  const fused = factsOf((ops) =>
    ops.matmul({ ...args, a: half('a', m, k), bias: tensor('bias', n), gelu: { pre: tensor('pre', m, n) } }),
  )
  expect(fused).toMatchObject({
    detail: 'nn 8 x 6 x 4, bias, GELU',
    bytes: 2 * m * k + 4 * (k * n + n + 2 * m * n),
  })
})

it('counts causal attention by half of the square', () => {
  const [batch, heads, seqLen, headSize] = [2, 3, 16, 8]
  const C = heads * headSize
  const args = {
    ...{ batch, heads, seqLen, headSize },
    qkv: tensor('qkv', batch * seqLen, 3 * C),
    out: tensor('out', batch * seqLen, C),
    lse: tensor('lse', batch * heads * seqLen),
  }
  // Two products of 2 T T D operations each, of which causality asks for half.
  expect(factsOf((ops) => ops.attention(args)).flops).toBe(2 * batch * heads * seqLen * seqLen * headSize)
  const [dout, delta, dqkv] = [args.out, args.lse, args.qkv]
  const backward = factsOf((ops) => ops.attentionBackward({ ...args, dout, delta, dqkv }))
  expect(backward.flops).toBe(5 * batch * heads * seqLen * seqLen * headSize)
})

it('adds up operations of one kind, the longest first', () => {
  const timing = (detail: string, ms: number): OpTiming => ({
    ...{ op: 'matmul', detail, ms, flops: 4e6, bytes: 1000, dispatches: 2 },
  })
  const groups = groupOps([timing('small', 1), timing('large', 5), timing('small', 2)])
  expect(groups).toEqual([
    expect.objectContaining({ detail: 'large', count: 1, ms: 5 }),
    expect.objectContaining({ detail: 'small', count: 2, ms: 3, flops: 8e6, bytes: 2000, dispatches: 4 }),
  ])
  expect(rate(groups[1]!.flops, groups[1]!.ms)).toBeCloseTo(8 / 3)
  expect(rate(1, 0)).toBe(0)
})
