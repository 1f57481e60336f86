import { expect, it } from 'vitest'
import { openWebGpu } from '../webgpu/webgpu-backend.ts'
import { createSession } from './gpt.ts'
it('x', async () => {
  const { readSafetensors } = await import('/work/shared/fixtures/check.mjs' as string)
  const d = '/work/shared/fixtures/f6_standard/'
  const backend = await openWebGpu()
  const s = await createSession(backend, { config: { vocabSize: 256, nPositions: 64, nEmbd: 64, nLayer: 3, nHead: 2, dropout: 0, qkvBias: true, tieWordEmbeddings: true, layerNormEpsilon: 1e-5 }, head: { kind: 'lm' }, batchSize: 4, seqLen: 32, optimizer: { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, gradClip: 1 } })
  const m = readSafetensors(d + 'model.safetensors'), b = readSafetensors(d + 'batches.safetensors'), f = readSafetensors(d + 'forward.safetensors'), g = readSafetensors(d + 'grads.safetensors')
  s.setState({ params: new Map([...m].map(([k, v]: any) => [k, v.data])) })
  const cmp = (n: string, x: Float32Array, y: any) => { let e = 0, mx = 0; for (let i = 0; i < x.length; i++) { e = Math.max(e, Math.abs(x[i]! - y.data[i])); mx = Math.max(mx, Math.abs(y.data[i])) } console.log(n, (e / mx).toExponential(2), mx) }
  const batch = { inputIds: b.get('input_ids').data.slice(0, 128), labels: b.get('labels').data.slice(0, 128) }
  const r = await s.trainStep(batch, { learningRate: 1e-3, step: 1, seed: 1 })
  console.log(r, f.get('loss').data)
  for (let i = 0; i < 4; i++) cmp('hidden.' + i, await backend.read(s.parts.gpt.acts.get('hidden.' + i)), f.get('hidden.' + i))
  cmp('ln_f', await backend.read(s.parts.gpt.acts.get('ln_f')), f.get('ln_f'))
  cmp('token_loss', await backend.read(s.parts.gpt.inputs.get('row_loss')), f.get('token_loss'))
  for (const [k, v] of await s.getGradients()) cmp(k, v, g.get(k))
  // block 0 pieces
  const A = (n: string) => backend.read(s.parts.gpt.acts.get(n))
  const C = 64, T = 32, H = 2, D = 32
  const x0 = await A('hidden.0'), ln1 = await A('h.0.ln_1'), qkv = await A('h.0.qkv'), att = await A('h.0.attention'), mid = await A('h.0.middle'), pre = await A('h.0.pre'), act = await A('h.0.act')
  const P = (n: string) => m.get('transformer.h.0.' + n).data
  const lnr = new Float64Array(x0.length)
  for (let r = 0; r < 128; r++) { let mu = 0, v = 0; for (let c = 0; c < C; c++) mu += x0[r * C + c]! / C; for (let c = 0; c < C; c++) v += (x0[r * C + c]! - mu) ** 2 / C; for (let c = 0; c < C; c++) lnr[r * C + c] = (x0[r * C + c]! - mu) / Math.sqrt(v + 1e-5) * P('ln_1.weight')[c] + P('ln_1.bias')[c] }
  cmp('ln1', ln1, { data: lnr })
  const mm = (a: any, w: any, bias: any, M: number, N: number, K: number) => { const o = new Float64Array(M * N); for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) { let t = bias[j]; for (let k = 0; k < K; k++) t += a[i * K + k] * w[k * N + j]; o[i * N + j] = t } return o }
  cmp('qkv', qkv, { data: mm(ln1, P('attn.c_attn.weight'), P('attn.c_attn.bias'), 128, 192, 64) })
  const at = new Float64Array(128 * C)
  for (let b = 0; b < 4; b++) for (let h = 0; h < H; h++) for (let i = 0; i < T; i++) { const sc = []; for (let j = 0; j <= i; j++) { let t = 0; for (let d = 0; d < D; d++) t += qkv[(b * T + i) * 3 * C + h * D + d]! * qkv[(b * T + j) * 3 * C + C + h * D + d]!; sc.push(t / Math.sqrt(D)) } const mx = Math.max(...sc); const e = sc.map((s) => Math.exp(s - mx)); const su = e.reduce((a, b) => a + b); for (let d = 0; d < D; d++) { let t = 0; e.forEach((w, j) => t += w / su * qkv[(b * T + j) * 3 * C + 2 * C + h * D + d]!); at[(b * T + i) * C + h * D + d] = t } }
  for(let r=0;r<12;r++){let e=0;for(let c=0;c<32;c++)e=Math.max(e,Math.abs(att[r*C+c]!-at[r*C+c]!));console.log('row',r,e)}
  cmp('att', att, { data: at })
  const pr = mm(att, P('attn.c_proj.weight'), P('attn.c_proj.bias'), 128, 64, 64); for (let i = 0; i < pr.length; i++) pr[i]! += x0[i]!
  cmp('mid', mid, { data: pr })
  cmp('pre', pre, { data: mm(await A('h.0.ln_2'), P('mlp.c_fc.weight'), P('mlp.c_fc.bias'), 128, 256, 64) })
  cmp('act', act, { data: Array.from(pre).map((x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) })
})
