import type { ParameterSpec } from '@shared/model/parameters.ts'
import type { Backend, PackedAllocation, Program } from '../backend.ts'
import type { AdamWOptions } from './session.ts'
import { GROW_AFTER } from './mixed.ts'
import { gptForwardBackward, type GptTensors } from './transformer.ts'

/** Hands what is made to whoever frees it. */
export type Own = <T extends { free(): void }>(made: Promise<T>) => Promise<T>

/** Everything of a training step: memory for the parameters that train, and its programs in order. */
export interface Training {
  grads: PackedAllocation
  m: PackedAllocation
  v: PackedAllocation
  /** Gradients of the step's first micro-batch, which overwrite; with one micro-batch a step the update as well. */
  first: Program
  /** Of every further one, which add; and the update at the end. */
  further: { micro: Program; update: Program } | null
}

export interface TrainingPlan {
  gpt: GptTensors
  /** The parameters that train, together. */
  params: PackedAllocation
  /** Of those, in mixed precision. */
  shadow: PackedAllocation | null
  specs: readonly ParameterSpec[]
  optimizer: AdamWOptions
  /** Micro-batches of a step. */
  accumulate: number
}

/** @throws AppError 'out_of_memory' */
export async function prepareTraining(backend: Backend, plan: TrainingPlan, own: Own): Promise<Training> {
  const { gpt, params, shadow, specs, optimizer, accumulate } = plan
  const grads = await own(backend.allocatePacked('grads', specs))
  const m = await own(backend.allocatePacked('moments', specs))
  const v = await own(backend.allocatePacked('moments', specs))
  const decays = new Set(specs.filter((spec) => spec.decay).map((spec) => spec.name))
  const { beta1, beta2, eps, weightDecay, gradClip } = optimizer
  const record: Backend['record'] = (label, build) => own(backend.record(label, build))
  const micro = (adding: boolean) => (ops: Parameters<Parameters<Backend['record']>[1]>[0]) =>
    gptForwardBackward(ops, gpt, grads, adding)
  const update: Parameters<Backend['record']>[1] = (ops) => {
    const results = gpt.inputs.get('results')
    const scaling = shadow && { state: gpt.inputs.get('loss_scaling'), growAfter: GROW_AFTER }
    ops.gradNorm({ grads, maxNorm: gradClip, results, ...(scaling && { scaling }) })
    const hyper = { beta1, beta2, eps, weightDecay, ...(shadow && { shadow }) }
    ops.adamW({ params, grads, m, v, decays, schedule: gpt.inputs.get('schedule'), results, ...hyper })
  }
  if (accumulate === 1) {
    const first = await record('train step', (ops) => {
      micro(false)(ops)
      update(ops)
    })
    return { grads, m, v, first, further: null }
  }
  const first = await record('first micro-batch', micro(false))
  const further = { micro: await record('further micro-batch', micro(true)), update: await record('update', update) }
  return { grads, m, v, first, further }
}

export const trainingPrograms = ({ first, further }: Training): Program[] =>
  further ? [first, further.micro, further.update] : [first]
