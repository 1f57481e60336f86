import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { adapterTensors } from '@shared/formats/adapter.ts'
import { writeSafetensors } from '@shared/formats/safetensors.ts'
import { mergeAdapters } from '@shared/model/lora.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import { trainableTable, trainAdapters } from '@shared/model/trainable.ts'
import type { Backend } from '@engine/backend.ts'
import { createSession, type GptSession } from '@engine/model/gpt.ts'
import { inspect } from '@engine/model/inspect.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { argmax } from '@engine/sample/sampler.ts'
import { openChosen } from '@engine/worker/choose-backend.ts'
import { BACKEND_FLAGS } from './backend-flags.ts'
import { deviceLine, nodeOpeners, wishOf } from './engine-device.ts'
import { helpText, readFlags, type Flags } from './flags.ts'
import { readFixture, type Fixture } from './parity-fixture.ts'

const FLAGS = {
  fixture: { kind: 'text', value: 'DIR', help: 'folder with model, batches and manifest', required: true },
  out: { kind: 'text', value: 'DIR', help: 'where to write what this engine makes of them', required: true },
  ...BACKEND_FLAGS,
} as const satisfies Flags

/**
 * Runs a fixture and writes forward, grads, after_NNN, merged and decode files of the same names and shapes. Returns the exit code.
 * @param openersFor how backends are opened
 */
export async function parityCommand(args: string[], openersFor = nodeOpeners): Promise<number> {
  if (args.includes('--help')) {
    console.log(helpText('npm run parity -- --fixture DIR --out DIR [--backend auto|webgpu|cpu] [--threads N]', FLAGS))
    return 0
  }
  const flags = readFlags(FLAGS, args)
  const folder = resolve(flags.fixture)
  const fixture = readFixture(folder)
  const wish = await wishOf(flags)
  const { backend, reason } = await openChosen(wish, openersFor(wish))
  console.log(deviceLine({ ...backend.info, reason }))
  console.log(folder)
  try {
    await runFixture(backend, fixture, resolve(flags.out))
  } finally {
    backend.destroy()
  }
  return 0
}

async function runFixture(backend: Backend, fixture: Fixture, out: string): Promise<void> {
  const { config, head, batchSize, seqLen, optimizer, params } = fixture
  const trainable = trainableOf(fixture)
  const session = await createSession(backend, { config, head, batchSize, seqLen, optimizer, trainable })
  const write = writer(out, fixture)
  try {
    session.setState({ params })
    write('forward', [...(await forwardTensors(session, fixture)), ...(await baseLogits(session, fixture))])
    if (fixture.adapter) {
      const state = await session.getState({ moments: false })
      write('adapter_model', adapterTensors(config, { ...fixture.adapter, params: state.params }))
      write('merged', mergedTensors(fixture, state.params))
    }
    if (fixture.decode.length) await decode(session, fixture, out, write)
    for (const [i, learningRate] of fixture.learningRates.entries()) {
      const step = i + 1
      const { loss, gradNorm } = await session.trainStep(fixture.batches[i]!, { learningRate, step, seed: 0 })
      console.log(`step ${step}: loss ${loss.toFixed(6)}, gradient norm ${gradNorm.toFixed(6)}`)
      if (step === 1) write('grads', ofParameters(fixture, await session.getGradients()))
      if (!fixture.checkpoints.includes(step)) continue
      const state = await session.getState({ moments: false })
      const count = String(step).padStart(3, '0')
      write(`after_${count}`, ofParameters(fixture, state.params))
      if (fixture.adapter) write(`merged_after_${count}`, mergedTensors(fixture, state.params))
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

const trainableOf = ({ adapter, head }: Fixture) => (adapter ? trainAdapters(adapter.lora, head) : undefined)

/** Those that train. */
const ofParameters = (fixture: Fixture, values: TensorMap): Named[] =>
  trainableTable(fixture.config, fixture.head, trainableOf(fixture))
    .filter((spec) => spec.trains)
    .map(({ name, shape }) => ({ name, shape, data: values.get(name)! }))

const allOf = ({ config, head }: Fixture, values: TensorMap): Named[] =>
  parameterTable(config, head).map(({ name, shape }) => ({ name, shape, data: values.get(name)! }))

const mergedTensors = (fixture: Fixture, params: TensorMap): Named[] =>
  allOf(fixture, mergeAdapters(fixture.config, fixture.adapter!.lora, params))

/** What the model says without its adapters: with B zero they change nothing. */
async function baseLogits(session: GptSession, fixture: Fixture): Promise<Named[]> {
  const { adapter, params, batches, config, head, batchSize: B, seqLen: T } = fixture
  if (!adapter || head.kind === 'classification') return []
  const silent = new Map([...params].map(([name, p]) => [name, name.includes('.lora_B.') ? p.map(() => 0) : p]))
  session.setState({ params: silent })
  const { logits } = await inspect(session, batches[0]!)
  session.setState({ params })
  return [{ name: 'logits_base_only', shape: [B, T, config.vocabSize], data: logits }]
}

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
