import { routes } from '@shared/contract/api.ts'
import { tokenizerFromJson } from '@shared/text/tokenizer-json.ts'
import type { Host } from './engine.ts'
import { HostIo } from './host-io.ts'
import { mergeRun } from './merge-run.ts'
import { MainClient } from './rpc.ts'
import { noCheckpoint, wholeParams } from './stored-model.ts'

/** The studio behind main's routes. */
export function connectHost(baseUrl: string, token: string, fetcher?: typeof fetch): Host {
  const client = new MainClient(baseUrl, token, fetcher)
  const codec = async (tokenizerId: string) =>
    tokenizerFromJson(JSON.parse(new TextDecoder().decode(await client.bytes(routes.tokenizer(tokenizerId)))))
  const run = (runId: string) => client.call('runs.get', { id: runId })
  return {
    tunings: {
      load: async (adapter) => (await client.call('tuning.get', { adapter })).text,
      save: async (adapter, text) => void (await client.call('tuning.set', { adapter, text })),
    },
    run,
    codec,
    io: (run) => new HostIo(client, run),
    async model(runId, prefer) {
      const found = await run(runId)
      const { manifest } = await client.call('checkpoints.latest', { runId, prefer })
      if (!manifest) throw noCheckpoint(found.name)
      const params = await wholeParams(client, found, manifest)
      return { run: found, codec: await codec(found.tokenizerId), params, step: manifest.state.step }
    },
    merge: async (runId, intoRunId) => mergeRun(client, await run(runId), await run(intoRunId)),
  }
}
