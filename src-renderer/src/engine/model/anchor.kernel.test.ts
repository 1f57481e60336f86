import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEVICES } from '../../../../src-main/headless/testing/devices.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import type { Backend } from '../backend.ts'
import { createSession } from './gpt.ts'

/** Weights and batch of a step that several independent engines were measured on; the folder lies beside the project. */
const BENCH = new URL('../../../../../shared/bench/gpt-step.js', import.meta.url)
/** Losses before each step, in which four backends of two other engines agree to five decimals. */
const LOSSES = [4.18686, 3.96199, 3.7877, 3.6538, 3.5441, 3.4494, 3.3679, 3.2957, 3.23, 3.17, 3.1129, 3.0584, 3.00639]

interface Bench {
  CFG: Record<'L' | 'H' | 'C' | 'T' | 'B' | 'V' | 'lr' | 'b1' | 'b2' | 'eps' | 'wd', number>
  initParams(): { name: string; data: Float32Array }[]
  batch(): { x: Int32Array; y: Int32Array }
}

/** wte, wpe, ln1g0 ... -> Hugging Face names. */
function huggingFaceName(name: string): string {
  if (name === 'wte' || name === 'wpe') return `transformer.${name}.weight`
  if (name.startsWith('lnf')) return `transformer.ln_f.${name === 'lnfg' ? 'weight' : 'bias'}`
  const [, part, kind, layer] = /^(ln1|ln2|qkv|proj|fc2|fc)(.)(\d+)$/.exec(name)!
  const modules: Record<string, string> = {
    ln1: 'ln_1',
    ln2: 'ln_2',
    qkv: 'attn.c_attn',
    proj: 'attn.c_proj',
    fc: 'mlp.c_fc',
    fc2: 'mlp.c_proj',
  }
  return `transformer.h.${layer}.${modules[part!]}.${kind === 'b' ? 'bias' : 'weight'}`
}

describe.skipIf(!existsSync(BENCH)).each([DEVICES[0]!, DEVICES[2]!])(
  'a step that other engines agree on, %s',
  (_, openDevice) => {
    let backend: Backend
    beforeAll(async () => {
      backend = await openDevice()
    })
    afterAll(() => backend.destroy())

    it('gives the same losses over 13 steps', { timeout: 300_000 }, async () => {
      const { CFG, initParams, batch } = (await import(/* @vite-ignore */ BENCH.href)) as Bench
      const config = {
        vocabSize: CFG.V,
        nPositions: CFG.T,
        nEmbd: CFG.C,
        nLayer: CFG.L,
        nHead: CFG.H,
        dropout: 0,
        qkvBias: true,
        tieWordEmbeddings: true,
        layerNormEpsilon: 1e-5,
      }
      const head = { kind: 'lm' } as const
      const session = await createSession(backend, {
        config,
        head,
        batchSize: CFG.B,
        seqLen: CFG.T,
        optimizer: { beta1: CFG.b1, beta2: CFG.b2, eps: CFG.eps, weightDecay: CFG.wd, gradClip: 0 },
      })
      session.setState({ params: new Map(initParams().map(({ name, data }) => [huggingFaceName(name), data])) })
      const { x, y } = batch()
      const { params } = session.parts.gpt
      // The engines that agree let weight decay act on every tensor; this one spares those of one dimension.
      const spared = parameterTable(config, head).filter((spec) => !spec.decay)
      const losses: number[] = []
      for (let step = 1; step <= LOSSES.length; step++) {
        const before = await Promise.all(spared.map(({ name }) => backend.read(params.get(name))))
        const { loss } = await session.trainStep({ inputIds: x, labels: y }, { learningRate: CFG.lr, step, seed: 1 })
        losses.push(loss)
        for (const [i, { name }] of spared.entries()) {
          const after = await backend.read(params.get(name))
          backend.write(
            params.get(name),
            after.map((p, e) => p - CFG.lr * CFG.wd * before[i]![e]!),
          )
        }
      }
      const largest = Math.max(...losses.map((loss, i) => Math.abs(loss - LOSSES[i]!)))
      expect(largest, `losses ${losses.map((l) => l.toFixed(5)).join(' ')}`).toBeLessThan(2e-4)
      session.dispose()
    })
  },
)
