import { MainClient } from '../../src-renderer/src/engine/worker/rpc.ts'
import { routes } from '../../src-shared/contract/api.ts'
import type { Job } from '../../src-shared/contract/schemas.ts'
import type { GptConfig } from '../../src-shared/model/config.ts'
import { presetConfig } from '../../src-shared/model/presets.ts'
import { plainText } from './files.ts'
import { startWebHost, stop } from './host.ts'

/** A model of almost nothing: what a spec waits for is the studio, not the arithmetic. */
const config = (vocabSize: number): GptConfig => ({
  ...presetConfig('pocket', vocabSize),
  nLayer: 1,
  nHead: 1,
  nEmbd: 16,
  nPositions: 32,
})

/**
 * Leaves in `dataDir` what a person has before their first run: the project "Tale" with 30 kB of text, an own BPE of 300 and a model. By the
 * calls that the screens make; the screens themselves have specs of their own.
 */
export async function makeTale(dataDir: string): Promise<void> {
  const { url, child } = await startWebHost(dataDir)
  try {
    const { origin, hash } = new URL(url)
    const main = new MainClient(origin, hash.replace('#token=', ''))
    const text = new TextEncoder().encode(plainText(30_000))
    const source = await main.call('sources.create', { name: 'tale.txt', bytes: text.length })
    await main.put(routes.upload(source.id, 0), text)
    const files = [{ sourceId: source.id, encoding: 'utf-8' as const, roles: {} }]
    const datasetId = await result(
      main,
      await main.call('datasets.import', { name: 'tale', purpose: 'pretrain', files, seed: 123 }),
    )
    const tokenizerId = await result(
      main,
      await main.call('tokenizers.create', { datasetId, kind: 'bpe', vocabSize: 300 }),
    )
    const { vocabSize } = await main.call('tokenizers.get', { id: tokenizerId })
    const { id } = await main.call('projects.create', { name: 'Tale' })
    const patch = { datasetId, tokenizerId, preset: 'custom', model: config(vocabSize) }
    await main.call('projects.update', { id, patch })
  } finally {
    await stop(child)
  }
}

/** Waits for a job; resolves to the id of what it made. */
async function result(main: MainClient, { id }: Job): Promise<string> {
  for (;;) {
    const { state, resultId, error } = await main.call('jobs.get', { id })
    if (state === 'done') return resultId
    if (state !== 'running') throw new Error(error?.message ?? `The job was ${state}`)
    await new Promise((done) => setTimeout(done, 20))
  }
}
