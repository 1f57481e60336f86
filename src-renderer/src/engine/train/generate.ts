import type { Sampling, StopReason } from '@shared/contract/schemas.ts'
import type { Session } from '@engine/model/session.ts'
import { createSampler } from '@engine/sample/sampler.ts'
import type { Codec } from './codec.ts'
import type { GoOn } from './job.ts'

export interface GenerateOptions {
  sampling: Sampling
  /** The id that ends the text and is not part of it; null to go on past any id. */
  stopAt: number | null
  /** Gets the text as it comes, in whole characters. */
  onText?: (text: string) => void
  goOn?: GoOn
}

export interface Generated {
  text: string
  /** Ids made. */
  tokens: number
  stopReason: Extract<StopReason, 'end_token' | 'length' | 'stopped'>
  /** Ids at the front of the prompt that did not fit the context. */
  promptCut: number
}

/**
 * Continues `prompt` (an empty one stands for the beginning of a document). A prompt that fills the context is cut at the front;
 * when the context is full in mid-text, the older half is forgotten and the newer read again.
 */
export async function generate(
  session: Session,
  codec: Codec,
  prompt: ArrayLike<number>,
  { sampling, stopAt, onText, goOn = async () => true }: GenerateOptions,
): Promise<Generated> {
  const most = session.options.config.nPositions
  const all = Array.from(prompt)
  if (all.length === 0) all.push(codec.endId)
  const context = all.slice(-promptRoom(most))
  const sampler = createSampler(sampling)
  const text = codec.streamDecoder()
  let written = ''
  const emit = (piece: string) => {
    written += piece
    if (piece) onText?.(piece)
  }
  const decoder = session.decoder()
  let stopReason: Generated['stopReason'] = 'length'
  let tokens = 0
  try {
    let logits = await decoder.feed(context)
    while (tokens < sampling.maxTokens) {
      if (!(await goOn())) {
        stopReason = 'stopped'
        break
      }
      const id = sampler(logits)
      if (id === stopAt) {
        stopReason = 'end_token'
        break
      }
      tokens++
      context.push(id)
      emit(text.push(id))
      if (tokens === sampling.maxTokens) break
      if (decoder.length < most) logits = await decoder.feed([id])
      else {
        decoder.reset()
        logits = await decoder.feed(context.slice(-Math.ceil(most / 2)))
      }
    }
    emit(text.flush())
  } finally {
    decoder.dispose()
  }
  return { text: written, tokens, stopReason, promptCut: Math.max(0, all.length - promptRoom(most)) }
}

/** Ids of a prompt that are kept: all but room for one, so that something can follow. */
const promptRoom = (nPositions: number) => Math.max(1, nPositions - 1)
