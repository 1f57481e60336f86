import { createSession } from '@engine/model/gpt.ts'
import { rate, type InspectableBackend, type Peaks } from '@engine/profile/profile.ts'
import { profileStep, type StepProfile } from '@engine/profile/step.ts'
import { initialParams } from '@engine/train/initial.ts'
import { configOf, GPT2_FULL, SMALL, type StepShape } from '../model/shapes.ts'
import { median } from '../core/stats.ts'
import { randomMatrix } from '../model/step-data.ts'

/** What the device does at most, and how near to it a product and a training step come. */
export interface DeviceProfile {
  peaks: Peaks
  matmul: { size: number; ms: number; gflops: number }
  step: StepProfile
  /** `least`: the quickest of all, which other work on the machine did not hold up. */
  encode: { dispatches: number; ms: number; least: number }
}

const RUNS = 5

/** On a software adapter with small sizes: it takes seconds for what a card does in milliseconds. */
export async function profileDevice(backend: InspectableBackend): Promise<DeviceProfile> {
  const software = backend.info.fallback
  const peaks = await backend.peaks()
  const matmul = await timeMatmul(backend, software ? 512 : 2048)
  const encode = await encodeTime(backend)
  const shape = software ? SMALL : GPT2_FULL
  const step = await profileStep(backend, { config: configOf(shape), batchSize: shape.batch })
  return { peaks, matmul, step, encode }
}

async function timeMatmul(backend: InspectableBackend, size: number): Promise<DeviceProfile['matmul']> {
  const [m, n, k] = [size, size, size]
  const tensors = await backend.allocate(
    'workspace',
    ['a', 'b', 'c'].map((name) => ({ name, shape: [size, size] })),
  )
  const [a, b, out] = [tensors.get('a'), tensors.get('b'), tensors.get('c')]
  for (const tensor of [a, b]) backend.write(tensor, randomMatrix(size * size, 1))
  const program = await backend.record('product', (ops) => ops.matmul({ layout: 'nn', a, b, out, m, n, k }))
  let ms = Infinity
  for (let run = 0; run < RUNS; run++) {
    const { ops } = await backend.profile(program)
    ms = Math.min(ms, ops[0]!.ms)
  }
  program.free()
  tensors.free()
  return { size, ms, gflops: rate(2 * m * n * k, ms) }
}

/** Twelve layers, as GPT-2 has, of no width: what is left is the work of handing them over. */
const THIN: StepShape = { layers: 12, heads: 2, width: 8, context: 8, batch: 1, vocab: 16 }
const ENCODES = 60
const WARM_UP = 20

/** Milliseconds of this side's processor time for one replay of a step of twelve layers. */
async function encodeTime(backend: InspectableBackend): Promise<DeviceProfile['encode']> {
  const config = configOf(THIN)
  const head = { kind: 'lm' } as const
  const optimizer = { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, gradClip: 1 }
  const session = await createSession(backend, {
    ...{ config, head, batchSize: THIN.batch, seqLen: THIN.context, optimizer },
  })
  session.setState({ params: initialParams(config, head, 1) })
  const program = session.parts.training!.first
  const results = session.parts.gpt.inputs.get('results')
  const times: number[] = []
  for (let i = 0; i < WARM_UP + ENCODES; i++) {
    const start = performance.now()
    backend.run(program)
    if (i >= WARM_UP) times.push(performance.now() - start)
    await backend.read(results, 0, 2)
  }
  session.dispose()
  return { dispatches: program.dispatches, ms: median(times), least: Math.min(...times) }
}

/** The profile in lines, for a terminal. */
export function profileLines({ peaks, matmul, step, encode }: DeviceProfile): string[] {
  const { stepMs, tokens, flops, ops, clock } = step
  const { nLayer, nEmbd, nPositions } = step.config
  const total = ops.reduce((sum, { ms }) => sum + ms, 0)
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const number = (value: number) => value.toFixed(value >= 100 ? 0 : 2)
  return [
    `at most: ${number(peaks.f32)} GFLOP/s in f32${peaks.f16 === null ? '' : `, ${number(peaks.f16)} in f16`}, ${number(peaks.copy)} GB/s copied`,
    `matmul ${matmul.size}^3: ${number(matmul.gflops)} GFLOP/s, ${percent(matmul.gflops / peaks.f32)} of the peak`,
    `encoding a step of 12 layers (${encode.dispatches} dispatches): ${number(encode.ms)} ms of this side's processor, ${number(encode.least)} at best`,
    `training step of ${nLayer} layers, width ${nEmbd}, ${tokens} tokens in contexts of ${nPositions}: ${number(stepMs)} ms, ` +
      `${number(rate(flops, stepMs))} GFLOP/s, MFU ${percent(rate(flops, stepMs) / peaks.f32)}`,
    `operations, ${number(total)} ms together by ${clock === 'timestamps' ? "the device's timestamps" : 'the clock'}:`,
    ...ops.map(
      ({ op, detail, count, ms, flops, bytes }) =>
        `  ${percent(ms / total).padStart(7)}  ${number(ms).padStart(8)} ms  ${number(rate(flops, ms)).padStart(8)} GFLOP/s  ` +
        `${number(rate(bytes, ms)).padStart(7)} GB/s  ${`${count}x`.padStart(4)} ${op} ${detail}`,
    ),
  ]
}
