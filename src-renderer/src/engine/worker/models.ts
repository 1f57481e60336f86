import { AppError } from '@shared/contract/errors.ts'
import type { Run, Sampling } from '@shared/contract/schemas.ts'
import type { Head } from '@shared/model/config.ts'
import { encodePrompt } from '@shared/text/templates.ts'
import type { Session, SessionOptions, TensorMap } from '@engine/model/session.ts'
import { collateTexts } from '@engine/train/class-batches.ts'
import type { Codec } from '@engine/train/codec.ts'
import { generate, type Generated } from '@engine/train/generate.ts'
import type { GoOn } from '@engine/train/job.ts'

/** A trained model ready to write or to sort. */
export interface LoadedModel {
  run: Pick<Run, 'id' | 'kind' | 'config' | 'labels'>
  codec: Codec
  params: TensorMap
  /** Step of the checkpoint it came from. */
  step: number
}

/** A model on the device. */
export class ModelSession {
  private constructor(
    readonly model: LoadedModel,
    private readonly session: Session,
  ) {}

  static async open(model: LoadedModel, open: (options: SessionOptions) => Promise<Session>): Promise<ModelSession> {
    const { config, kind, labels } = model.run
    const head: Head = kind === 'classify' ? { kind: 'classification', numLabels: labels.length } : { kind: 'lm' }
    const session = await open({ config, head, batchSize: 1, seqLen: config.nPositions, optimizer: null })
    session.setState({ params: model.params })
    return new ModelSession(model, session)
  }

  /** Continues `prompt`, or answers it in the template the model was taught when `instruct` is set. Throws 'bad_request' for a classifier. */
  async generate(
    prompt: string,
    instruct: boolean,
    sampling: Sampling,
    onText: (text: string) => void,
    goOn: GoOn,
  ): Promise<Generated> {
    const { codec, run } = this.model
    if (run.kind === 'classify') {
      throw new AppError({
        code: 'bad_request',
        message: 'This model sorts texts; it does not write.',
        hint: 'Choose a pretrained or an instructed model to chat with.',
      })
    }
    const ids = instruct ? encodePrompt(codec, { instruction: prompt, input: '' }) : codec.encode(prompt)
    return generate(this.session, codec, ids, { sampling, stopAt: codec.endId, onText, goOn })
  }

  /** Class probabilities in label order. An empty text throws 'bad_request'. */
  async classify(text: string): Promise<{ probabilities: number[]; truncated: boolean }> {
    const { codec, run } = this.model
    if (run.kind !== 'classify') {
      throw new AppError({
        code: 'bad_request',
        message: 'This model was not taught to sort texts.',
        hint: 'Choose a model from the Classify stage.',
      })
    }
    const ids = codec.encode(text)
    if (ids.length === 0) {
      throw new AppError({ code: 'bad_request', message: 'There is no text to sort.', hint: 'Type some words.' })
    }
    const T = run.config.nPositions
    const { logits } = await this.session.evaluate(collateTexts([{ ids, label: 0 }], 1, T, codec.endId))
    return { probabilities: softmax(logits!), truncated: ids.length > T }
  }

  dispose(): void {
    this.session.dispose()
  }
}

function softmax(logits: Float32Array): number[] {
  const top = Math.max(...logits)
  const e = Array.from(logits, (x) => Math.exp(x - top))
  const total = e.reduce((a, b) => a + b, 0)
  return e.map((x) => x / total)
}
