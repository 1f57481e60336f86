import { AppError } from '@shared/contract/errors.ts'
import type { ParameterSpec } from '@shared/model/parameters.ts'
import { classesOf, sessionTensors, tokenIndexLength, type ModelShape } from '@shared/model/tensors.ts'
import { trainAll } from '@shared/model/trainable.ts'
import type { Allocation, Backend, PackedAllocation, Program, Tensors } from '../backend.ts'
import { schedule, stepSeed } from '../optim/step-inputs.ts'
import { checkBatch, countLabels, unpad } from './batch.ts'
import { checkOptions } from './options.ts'
import { GptDecoder } from './decoder.ts'
import { gptForward, type GptTensors } from './transformer.ts'
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
import { TokenIndexer } from './token-index.ts'
import { checkMixed, FIRST_SCALE, inHalf, recordShadow, scaleOfNumbers, scaleToNumbers } from './mixed.ts'
import { prepareTraining, trainingPrograms, type Own, type Training } from './training.ts'

/**
 * A GPT on a backend, its parameters zero until `setState`.
 * @throws RangeError for options that don't fit each other, AppError 'out_of_memory', with nothing left allocated
 */
export async function createSession(backend: Backend, options: SessionOptions): Promise<GptSession> {
  checkOptions(options)
  const { config, head, batchSize: batch, seqLen, optimizer, accumulate = 1 } = options
  const trainable = options.trainable ?? trainAll(config)
  const largest = backend.info.largestBinding ?? Infinity
  const training = optimizer !== null
  const precision = options.precision ?? 'f32'
  if (precision === 'mixed') checkMixed(backend)
  const recompute = options.recompute === 'auto' ? 0 : (options.recompute ?? 0)
  const shape: ModelShape = { config, head, batch, seqLen, training, trainable, recompute, largest, precision }
  const { table, trained: specs, frozen: rest, activations, inputs: inputTensors } = sessionTensors(shape)
  const owned: { free(): void }[] = []
  const own: Own = async (made) => {
    const resource = await made
    owned.push(resource)
    return resource
  }
  try {
    // What trains lies apart from what is frozen, so that the optimizer sweeps over the one alone.
    const trained = specs.length ? await own(backend.allocatePacked('params', specs)) : null
    const frozen = rest.length ? await own(backend.allocatePacked('params', rest)) : null
    const acts = await own(backend.allocate('activations', activations))
    const inputs = await own(backend.allocate('workspace', inputTensors))
    const params = eitherOf(trained, frozen)
    const shadowOf = async (specs: readonly ParameterSpec[]) =>
      precision === 'mixed' && specs.length ? own(backend.allocatePacked('params', inHalf(specs))) : null
    const [shadow, frozenShadow] = [await shadowOf(specs), await shadowOf(rest)]
    const weights = precision === 'mixed' ? eitherOf(shadow, frozenShadow) : params
    const gpt: GptTensors = { shape, params, weights, acts, inputs }
    const cast = precision === 'mixed' ? await own(recordShadow(backend, params, weights, table)) : null
    const forward = await own(backend.record('evaluate', (ops) => headLoss(gptForward(ops, gpt, false), null)))
    const steps =
      trained && optimizer
        ? await prepareTraining(backend, { gpt, params: trained, shadow, specs, optimizer, accumulate }, own)
        : null
    const allocations = [trained, frozen, shadow, frozenShadow, acts, inputs].filter((a) => a !== null)
    return new GptSession(backend, options, { gpt, table, specs, forward, cast, training: steps, allocations, owned })
  } catch (error) {
    for (const resource of owned) resource.free()
    throw error
  }
}

/** Tensors of two allocations by name, either of which may be missing. */
function eitherOf(a: PackedAllocation | null, b: PackedAllocation | null): Tensors {
  if (!a || !b) return (a ?? b)!
  return { has: (name) => a.has(name) || b.has(name), get: (name) => (a.has(name) ? a : b).get(name) }
}

export interface SessionParts {
  gpt: GptTensors
  /** Every parameter, and those that train. */
  table: readonly ParameterSpec[]
  specs: readonly ParameterSpec[]
  forward: Program
  /** Makes the shadow of all parameters, in mixed precision. */
  cast: Program | null
  training: Training | null
  /** Those that are there whether it trains or not. */
  allocations: readonly Allocation[]
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
    this.tokenIndex = new Uint32Array(tokenIndexLength(batch * seqLen))
  }

  get memory(): Session['memory'] {
    const memory = { params: 0, grads: 0, moments: 0, activations: 0, workspace: 0 }
    const { allocations, training, forward, cast } = this.parts
    const all = training ? [...allocations, training.grads, training.m, training.v] : allocations
    for (const { category, bytes } of all) memory[category] += bytes
    for (const { bytes } of [forward, ...(cast ? [cast] : []), ...(training ? trainingPrograms(training) : [])])
      memory.workspace += bytes
    for (const decoder of this.decoders) memory.workspace += decoder.bytes
    return memory
  }

  setState({ params, m, v, lossScale = FIRST_SCALE }: SessionState): void {
    const { gpt, table, specs, training, cast } = this.parts
    this.writeAll(gpt.params, table, params, 'parameter')
    if (cast) this.backend.run(cast)
    if (!training) return
    if (cast) this.backend.write(gpt.inputs.get('loss_scaling'), scaleToNumbers(lossScale))
    for (const [target, source] of [
      [training.m, m],
      [training.v, v],
    ] as const) {
      const zeros = () => new Map(specs.map(({ name }) => [name, new Float32Array(target.get(name).length)]))
      this.writeAll(target, specs, source ?? zeros(), 'moment')
    }
  }

  private writeAll(target: Tensors, specs: readonly ParameterSpec[], source: TensorMap, what: string): void {
    for (const { name, shape } of specs) {
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

  async getState({ moments, trainedOnly }: { moments: boolean; trainedOnly?: boolean }): Promise<SessionState> {
    const { gpt, table, specs, training, cast } = this.parts
    return this.exclusively(async () => ({
      params: await this.readAll(gpt.params, trainedOnly ? specs : table),
      ...(moments &&
        training && { m: await this.readAll(training.m, specs), v: await this.readAll(training.v, specs) }),
      ...(moments &&
        training &&
        cast && { lossScale: scaleOfNumbers(await this.backend.read(gpt.inputs.get('loss_scaling'))) }),
    }))
  }

  /** Gradients of the last training step, before clipping, of the parameters that train. */
  async getGradients(): Promise<TensorMap> {
    const { gpt, training, specs, cast } = this.parts
    if (!training) throw new Error('This session does not train.')
    return this.exclusively(async () => {
      const grads = await this.readAll(training.grads, specs)
      if (!cast) return grads
      const [scale] = (await this.backend.read(gpt.inputs.get('results'), 3, 1)) as unknown as [number]
      return new Map([...grads].map(([name, values]) => [name, values.map((v) => v / scale)]))
    })
  }

  private async readAll(tensors: Tensors, specs: readonly ParameterSpec[]): Promise<TensorMap> {
    const map: TensorMap = new Map()
    // One after the other: the buffers they come through are shared.
    for (const { name } of specs) map.set(name, await this.backend.read(tensors.get(name)))
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

  async trainStep(batch: Batch | readonly Batch[], options: StepOptions): Promise<StepResult> {
    while (this.reading) await this.reading.catch(() => {})
    const { backend, parts } = this
    const { gpt, training } = parts
    const { optimizer, accumulate = 1 } = this.options
    if (!training || !optimizer) throw new Error('This session does not train.')
    const batches = 'labels' in batch ? [batch] : batch
    if (batches.length !== accumulate)
      throw new RangeError(`A step of this session takes ${accumulate} micro-batches, not ${batches.length}.`)
    for (const micro of batches) checkBatch(micro, gpt.shape)
    const { inputs } = gpt
    // The mean is over the labels of the whole step, wherever they stand.
    const count = batches.reduce((sum, micro) => sum + countLabels(micro, gpt.shape), 0)
    backend.write(inputs.get('schedule'), schedule(options, optimizer))
    for (const [i, micro] of batches.entries()) {
      this.writeBatch(micro, count)
      this.indexer.build(micro.inputIds, this.tokenIndex)
      backend.write(inputs.get('token_index'), this.tokenIndex)
      backend.write(inputs.get('seed'), stepSeed(options, i))
      backend.run(i === 0 || !training.further ? training.first : training.further.micro)
    }
    if (training.further) backend.run(training.further.update)
    const results = await backend.read(inputs.get('results'))
    const [sum, gradNorm, , lossScale] = results as unknown as [number, number, number, number]
    return { loss: mean(sum, count), gradNorm, ...(parts.cast && { lossScale }) }
  }

  async evaluate(batch: Batch): Promise<EvalResult> {
    const { backend, parts } = this
    const { inputs, shape } = parts.gpt
    checkBatch(batch, shape)
    const count = countLabels(batch, shape)
    this.writeBatch(batch, count)
    backend.run(parts.forward)
    const classifier = shape.head.kind === 'classification'
    const [results, logits] = await Promise.all([
      backend.read(inputs.get('results'), 0, 1),
      classifier ? backend.read(inputs.get('logits')) : null,
    ])
    const loss = mean(results[0]!, count)
    return logits ? { loss, count, logits: unpad(logits, shape.batch, classesOf(shape)) } : { loss, count }
  }

  /** Losses are scaled by 1 / `count`. */
  private writeBatch(batch: Batch, count: number): void {
    const { backend } = this
    const { inputs } = this.parts.gpt
    backend.write(inputs.get('tokens'), batch.inputIds)
    backend.write(inputs.get('labels'), batch.labels)
    if ('lastIndex' in batch) backend.write(inputs.get('last_index'), batch.lastIndex)
    backend.write(inputs.get('scale'), Float32Array.of(count === 0 ? 0 : 1 / count))
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
