import { AppError } from '@shared/contract/errors.ts'
import { parameterTable, type ParameterSpec } from '@shared/model/parameters.ts'
import type { Allocation, Backend, PackedAllocation, Program } from '../backend.ts'
import { schedule, stepSeed } from '../optim/step-inputs.ts'
import { checkBatch, unpad } from './batch.ts'
import { GptDecoder } from './decoder.ts'
import { gptForward, gptForwardBackward, type GptTensors } from './transformer.ts'
import { headLoss } from './heads.ts'
import type {
  Batch,
  Decoder,
  EvalResult,
  Session,
  SessionOptions,
  SessionState,
  StepOptions,
  StepResult,
  TensorMap,
} from './session.ts'
import { activationSpecs, classesOf, inputSpecs, type ModelShape } from './tensors.ts'
import { TokenIndexer } from './token-index.ts'

interface Training {
  grads: PackedAllocation
  m: PackedAllocation
  v: PackedAllocation
  step: Program
}

/**
 * A GPT on a backend, its parameters zero until `setState`.
 * @throws AppError 'out_of_memory', with nothing left allocated
 */
export async function createSession(backend: Backend, options: SessionOptions): Promise<GptSession> {
  const { config, head, batchSize: batch, seqLen, optimizer } = options
  if (seqLen > config.nPositions)
    throw new RangeError(`${seqLen} positions asked for; the model has ${config.nPositions}.`)
  if (config.nEmbd % config.nHead !== 0)
    throw new RangeError(`${config.nHead} heads don't divide width ${config.nEmbd}.`)
  const shape: ModelShape = { config, head, batch, seqLen, training: optimizer !== null }
  const table = parameterTable(config, head)
  const owned: { free(): void }[] = []
  const own = async <T extends { free(): void }>(made: Promise<T>): Promise<T> => {
    const resource = await made
    owned.push(resource)
    return resource
  }
  try {
    const params = await own(backend.allocatePacked('params', table))
    const acts = await own(backend.allocate('activations', activationSpecs(shape)))
    const inputs = await own(backend.allocate('workspace', inputSpecs(shape)))
    const gpt: GptTensors = { shape, params, acts, inputs }
    const forward = await own(backend.record('evaluate', (ops) => headLoss(gptForward(ops, gpt, false), null)))
    const training = optimizer && (await prepareTraining(backend, gpt, optimizer, table, own))
    return new GptSession(backend, options, { gpt, table, forward, training, owned })
  } catch (error) {
    for (const resource of owned) resource.free()
    throw error
  }
}

type Own = <T extends { free(): void }>(made: Promise<T>) => Promise<T>

async function prepareTraining(
  backend: Backend,
  gpt: GptTensors,
  optimizer: NonNullable<SessionOptions['optimizer']>,
  table: readonly ParameterSpec[],
  own: Own,
): Promise<Training> {
  const { params, inputs } = gpt
  const grads = await own(backend.allocatePacked('grads', table))
  const m = await own(backend.allocatePacked('moments', table))
  const v = await own(backend.allocatePacked('moments', table))
  const decays = new Set(table.filter((spec) => spec.decay).map((spec) => spec.name))
  const { beta1, beta2, eps, weightDecay, gradClip } = optimizer
  const step = await own(
    backend.record('train step', (ops) => {
      gptForwardBackward(ops, gpt, grads)
      const results = inputs.get('results')
      ops.gradNorm({ grads, maxNorm: gradClip, results })
      const hyper = { beta1, beta2, eps, weightDecay }
      ops.adamW({ params, grads, m, v, decays, schedule: inputs.get('schedule'), results, ...hyper })
    }),
  )
  return { grads, m, v, step }
}

export interface SessionParts {
  gpt: GptTensors
  table: readonly ParameterSpec[]
  forward: Program
  training: Training | null
  owned: { free(): void }[]
}

export class GptSession implements Session {
  private readonly indexer: TokenIndexer
  private readonly tokenIndex: Uint32Array
  private readonly decoders = new Set<GptDecoder>()
  /** Settles when no state is being read: steps wait for it, so that a checkpoint is of one moment. */
  private reading: Promise<unknown> | null = null

  /** Made by `createSession`. */
  constructor(
    readonly backend: Backend,
    readonly options: SessionOptions,
    readonly parts: SessionParts,
  ) {
    const { batch, seqLen, config } = parts.gpt.shape
    this.indexer = new TokenIndexer(config.vocabSize)
    this.tokenIndex = new Uint32Array(TokenIndexer.length(batch * seqLen))
  }

  get memory(): Session['memory'] {
    const memory = { params: 0, grads: 0, moments: 0, activations: 0, workspace: 0 }
    const { gpt, training, forward } = this.parts
    const allocations: (Allocation | undefined)[] = [
      gpt.params,
      gpt.acts,
      gpt.inputs,
      training?.grads,
      training?.m,
      training?.v,
    ]
    for (const allocation of allocations) if (allocation) memory[allocation.category] += allocation.bytes
    memory.workspace += forward.bytes + (training?.step.bytes ?? 0)
    for (const decoder of this.decoders) memory.workspace += decoder.bytes
    return memory
  }

  setState({ params, m, v }: SessionState): void {
    this.writeAll(this.parts.gpt.params, params, 'parameter')
    if (!this.parts.training) return
    for (const [target, source] of [
      [this.parts.training.m, m],
      [this.parts.training.v, v],
    ] as const) {
      const zeros = () => new Map(this.parts.table.map(({ name }) => [name, new Float32Array(target.get(name).length)]))
      this.writeAll(target, source ?? zeros(), 'moment')
    }
  }

  private writeAll(target: PackedAllocation, source: TensorMap, what: string): void {
    for (const { name, shape } of this.parts.table) {
      const data = source.get(name)
      const tensor = target.get(name)
      if (data?.length !== tensor.length) {
        throw new AppError({
          code: 'corrupt',
          message: data
            ? `The ${what} ${name} has ${data.length} numbers; the model's shape is ${shape.join(' x ')}.`
            : `The ${what} ${name} is missing.`,
          hint: 'This model was saved with another architecture. Choose the one it was trained with.',
        })
      }
      this.backend.write(tensor, data)
    }
  }

  async getState({ moments }: { moments: boolean }): Promise<SessionState> {
    const { gpt, training } = this.parts
    return this.exclusively(async () => ({
      params: await this.readAll(gpt.params),
      ...(moments && training && { m: await this.readAll(training.m), v: await this.readAll(training.v) }),
    }))
  }

  /** Gradients of the last training step, before clipping. */
  async getGradients(): Promise<TensorMap> {
    const { training } = this.parts
    if (!training) throw new Error('This session does not train.')
    return this.exclusively(() => this.readAll(training.grads))
  }

  private async readAll(allocation: PackedAllocation): Promise<TensorMap> {
    const map: TensorMap = new Map()
    // One after the other: the buffers they come through are shared.
    for (const { name } of this.parts.table) map.set(name, await this.backend.read(allocation.get(name)))
    return map
  }

  private async exclusively<T>(work: () => Promise<T>): Promise<T> {
    while (this.reading) await this.reading.catch(() => {})
    const running = work()
    this.reading = running
    try {
      return await running
    } finally {
      this.reading = null
    }
  }

  async trainStep(batch: Batch, options: StepOptions): Promise<StepResult> {
    while (this.reading) await this.reading.catch(() => {})
    const { backend, parts } = this
    const { gpt, training } = parts
    const { optimizer } = this.options
    if (!training || !optimizer) throw new Error('This session does not train.')
    const { inputs } = gpt
    const count = this.writeBatch(batch)
    this.indexer.build(batch.inputIds, this.tokenIndex)
    backend.write(inputs.get('token_index'), this.tokenIndex)
    backend.write(inputs.get('schedule'), schedule(options, optimizer))
    backend.write(inputs.get('seed'), stepSeed(options))
    backend.run(training.step)
    const [sum, gradNorm] = (await backend.read(inputs.get('results'), 0, 2)) as unknown as [number, number]
    return { loss: mean(sum, count), gradNorm }
  }

  async evaluate(batch: Batch): Promise<EvalResult> {
    const { backend, parts } = this
    const { inputs, shape } = parts.gpt
    const count = this.writeBatch(batch)
    backend.run(parts.forward)
    const classifier = shape.head.kind === 'classification'
    const [results, logits] = await Promise.all([
      backend.read(inputs.get('results'), 0, 1),
      classifier ? backend.read(inputs.get('logits')) : null,
    ])
    const loss = mean(results[0]!, count)
    return logits ? { loss, count, logits: unpad(logits, shape.batch, classesOf(shape)) } : { loss, count }
  }

  /** Returns the number of labels that count. */
  writeBatch(batch: Batch): number {
    const { backend, parts } = this
    const { inputs, shape } = parts.gpt
    const classes = classesOf(shape)
    checkBatch(batch, shape)
    let count = 0
    for (const label of batch.labels) if (label >= 0 && label < classes) count++
    backend.write(inputs.get('tokens'), batch.inputIds)
    backend.write(inputs.get('labels'), batch.labels)
    if ('lastIndex' in batch) backend.write(inputs.get('last_index'), batch.lastIndex)
    backend.write(inputs.get('scale'), Float32Array.of(count === 0 ? 0 : 1 / count))
    return count
  }

  decoder(): Decoder {
    if (this.options.head.kind !== 'lm') {
      throw new AppError({
        code: 'unsupported',
        message: 'A classifier does not write text.',
        hint: 'Choose a model trained on text or instructions.',
      })
    }
    const decoder = new GptDecoder(this.backend, this.parts.gpt, () => this.decoders.delete(decoder))
    this.decoders.add(decoder)
    return decoder
  }

  dispose(): void {
    for (const decoder of [...this.decoders]) decoder.dispose()
    for (const resource of this.parts.owned) resource.free()
  }
}

const mean = (sum: number, count: number) => (count === 0 ? 0 : sum / count)
