import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { writeSafetensors } from '@shared/formats/safetensors.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import type { Backend } from '@engine/backend.ts'
import { createSession, type GptSession } from '@engine/model/gpt.ts'
import { inspect } from '@engine/model/inspect.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { argmax } from '@engine/sample/sampler.ts'
import { openBackend } from '@engine/worker/backends.ts'
import { openWebGpu } from '@engine/webgpu/webgpu-backend.ts'
import { helpText, readFlags, type Flags } from './flags.ts'
import { isLora, readFixture, type Fixture } from './parity-fixture.ts'
import { installWebGpu } from './webgpu-node.ts'

const FLAGS = {
  fixture: { kind: 'text', value: 'DIR', help: 'folder with model, batches and manifest', required: true },
  out: { kind: 'text', value: 'DIR', help: 'where to write what this engine makes of them', required: true },
  backend: { kind: 'text', value: 'NAME', help: 'webgpu (default) or cpu', oneOf: ['webgpu', 'cpu'] },
} as const satisfies Flags

/** Exit code of a fixture that this engine can't run yet. */
const NOT_SUPPORTED = 2

/** Runs a fixture and writes forward, grads, after_NNN and decode files of the same names and shapes. Returns the exit code. */
export async function parityCommand(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(helpText('npm run parity -- --fixture DIR --out DIR [--backend webgpu|cpu]', FLAGS))
    return 0
  }
  const flags = readFlags(FLAGS, args)
  const folder = resolve(flags.fixture)
  if (isLora(folder)) {
    console.error(`gradus: ${folder} holds LoRA adapters, and LoRA isn't supported yet.`)
    return NOT_SUPPORTED
  }
  const fixture = readFixture(folder)
  const backend = await open(flags.backend ?? 'webgpu')
  console.log(`${folder} on ${backend.info.adapter}`)
  try {
    await runFixture(backend, fixture, resolve(flags.out))
  } finally {
    backend.destroy()
  }
  return 0
}

async function open(name: 'webgpu' | 'cpu'): Promise<Backend> {
  // Tells why there is no CPU backend.
  if (name === 'cpu') await openBackend('cpu')
  await installWebGpu()
  return openWebGpu()
}

async function runFixture(backend: Backend, fixture: Fixture, out: string): Promise<void> {
  const { config, head, batchSize, seqLen, optimizer, params } = fixture
  const session = await createSession(backend, { config, head, batchSize, seqLen, optimizer })
  const write = writer(out, fixture)
  try {
    session.setState({ params })
    write('forward', await forwardTensors(session, fixture))
    if (fixture.decode.length) await decode(session, fixture, out, write)
    for (const [i, learningRate] of fixture.learningRates.entries()) {
      const step = i + 1
      const { loss, gradNorm } = await session.trainStep(fixture.batches[i]!, { learningRate, step, seed: 0 })
      console.log(`step ${step}: loss ${loss.toFixed(6)}, gradient norm ${gradNorm.toFixed(6)}`)
      if (step === 1) write('grads', ofParameters(fixture, await session.getGradients()))
      if (!fixture.checkpoints.includes(step)) continue
      const state = await session.getState({ moments: false })
      write(`after_${String(step).padStart(3, '0')}`, ofParameters(fixture, state.params))
    }
  } finally {
    session.dispose()
  }
}

interface Named {
  name: string
  shape: readonly number[]
  data: Float32Array
}

type Write = (stem: string, tensors: Named[]) => void

function writer(out: string, { config }: Fixture): Write {
  mkdirSync(out, { recursive: true })
  console.log(`${config.nLayer} layers, ${config.nHead} heads, width ${config.nEmbd}, vocabulary ${config.vocabSize}`)
  return (stem, tensors) => {
    const path = join(out, `${stem}.safetensors`)
    writeFileSync(path, writeSafetensors(tensors.map((tensor) => ({ ...tensor, dtype: 'F32' as const }))))
    console.log(`wrote ${path}`)
  }
}

const ofParameters = ({ config, head }: Fixture, values: TensorMap): Named[] =>
  parameterTable(config, head).map(({ name, shape }) => ({ name, shape, data: values.get(name)! }))

async function forwardTensors(session: GptSession, { config, head, batches, batchSize: B, seqLen: T }: Fixture) {
  const { logits, loss, rowLoss, hidden, lnF } = await inspect(session, batches[0]!)
  const scalar: Named = { name: 'loss', shape: [], data: Float32Array.of(loss) }
  if (head.kind === 'classification') return [{ name: 'logits', shape: [B, head.numLabels], data: logits }, scalar]
  const { vocabSize: V, nEmbd: C } = config
  return [
    { name: 'logits', shape: [B, T, V], data: logits },
    scalar,
    { name: 'token_loss', shape: [B, T], data: rowLoss },
    ...hidden.map((data, i) => ({ name: `hidden.${i}`, shape: [B, T, C], data })),
    { name: 'ln_f', shape: [B, T, C], data: lnF },
  ]
}

async function decode(session: GptSession, fixture: Fixture, out: string, write: Write): Promise<void> {
  const { vocabSize: V, nPositions } = fixture.config
  const decoder = session.decoder()
  const cases: { prompt: number[]; next_ids: number[] }[] = []
  const tensors: Named[] = []
  for (const [i, { prompt, length }] of fixture.decode.entries()) {
    const context = [...prompt]
    const all = new Float32Array(length * V)
    decoder.reset()
    let logits = await decoder.feed(prompt.slice(-nPositions))
    for (let n = 0; n < length; n++) {
      all.set(logits, n * V)
      context.push(argmax(logits))
      if (n === length - 1) break
      const full = decoder.length === nPositions
      // A full context slides on by one token, which moves every position.
      if (full) decoder.reset()
      logits = await decoder.feed(full ? context.slice(-nPositions) : context.slice(-1))
    }
    cases.push({ prompt, next_ids: context.slice(prompt.length) })
    tensors.push({ name: `logits.${i}`, shape: [length, V], data: all })
  }
  writeFileSync(join(out, 'decode.json'), JSON.stringify({ cases }, null, 1))
  write('decode', tensors)
}
