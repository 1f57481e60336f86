import type { Backend } from '@engine/backend.ts'
import { createSession } from '@engine/model/gpt.ts'
import { configOf, type StepShape } from '../model/shapes.ts'
import { initialWeights } from '../model/step-data.ts'
import { timed } from './timed.ts'
import type { Work } from './work.ts'

/** Id of the first token of every decoded sequence. */
export const FIRST_TOKEN = 1

/** Index of the largest; the first of equals. */
function argmax(values: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}

/**
 * Greedy decoding of one sequence with the KV cache, as the chat does it: a piece of work is one token, its id chosen on the host.
 * Each turn begins a new sequence, so that all turns read a cache of the same length.
 */
export async function oursDecode(backend: Backend, shape: StepShape): Promise<Work> {
  const session = await createSession(backend, {
    config: configOf(shape),
    head: { kind: 'lm' },
    batchSize: 1,
    seqLen: 8,
    optimizer: null,
  })
  session.setState({ params: new Map(initialWeights(shape).map(({ name, data }) => [name, data])) })
  const decoder = session.decoder()
  return {
    run(times) {
      decoder.reset()
      let id = FIRST_TOKEN
      return timed(times, async () => (id = argmax(await decoder.feed([id]))))
    },
    dispose: () => session.dispose(),
  }
}
