import { AppError, toErrorData } from '@shared/contract/errors.ts'
import type { InspectableBackend } from '@engine/profile/profile.ts'
import type { BackendDescription, BackendKind, BackendWish, Because, OpenWish } from './protocol.ts'

/** A kind of backend, and why it is the one. */
export interface Choice extends Because {
  kind: BackendKind
}

const CHOSEN = 'your choice'
const NO_CARD = 'no graphics card'

/** The backend for what the person wants and the adapter there is (null: none): a real graphics card is used, software never is unasked. */
export function chooseBackend(
  wanted: BackendWish['backend'],
  adapter: Pick<BackendDescription, 'adapter' | 'fallback'> | null,
): Choice {
  if (wanted === 'cpu') return { kind: 'cpu', cause: CHOSEN, reason: 'You chose the processor.' }
  const name = adapter?.adapter ?? ''
  if (wanted === 'webgpu') {
    const slow = `; all there is for it is ${name}, a software adapter, many times slower than the processor itself.`
    return { kind: 'webgpu', cause: CHOSEN, reason: `You chose WebGPU${adapter?.fallback ? slow : '.'}` }
  }
  if (!adapter) {
    return {
      kind: 'cpu',
      cause: NO_CARD,
      reason: 'No graphics card that WebGPU can use was found, so the processor does the work.',
    }
  }
  if (adapter.fallback) {
    return {
      kind: 'cpu',
      cause: NO_CARD,
      reason: `No graphics card was found: only ${name}, a software adapter, which is many times slower than the processor itself.`,
    }
  }
  return { kind: 'webgpu', cause: 'automatic', reason: `WebGPU can use the graphics card of this machine: ${name}.` }
}

/** How backends are opened here. */
export interface BackendOpeners {
  /** Describes the adapter that WebGPU would use, without opening it. */
  adapter(): Promise<BackendDescription | null>
  /** @param portion of the usual work that it is given at once */
  webgpu(portion: number): Promise<InspectableBackend>
  cpu(threads: number): Promise<InspectableBackend>
}

/**
 * Opens the backend by `chooseBackend`; left to choose, it opens the processor also where a card is there but refuses.
 * @throws AppError of the opener, 'no_gpu' where WebGPU was asked for and there is none
 */
export async function openChosen(
  { backend: wanted, threads, portion = 1 }: OpenWish,
  openers: BackendOpeners,
): Promise<Because & { backend: InspectableBackend }> {
  const adapter = wanted === 'cpu' ? null : await openers.adapter()
  const { kind, ...because } = chooseBackend(wanted, adapter)
  if (kind === 'cpu') return { backend: await openers.cpu(threads), ...because }
  try {
    return { backend: await openers.webgpu(portion), ...because }
  } catch (error) {
    const refused = error instanceof AppError && error.code === 'no_gpu'
    if (wanted !== 'auto' || !refused) throw error
    const why = toErrorData(error).details?.['reason']
    const detail = typeof why === 'string' ? ` (${why})` : ''
    return {
      backend: await openers.cpu(threads),
      cause: 'the card refuses',
      reason: `The graphics card ${adapter?.adapter ?? ''} could not be used${detail}, so the processor does the work.`,
    }
  }
}
