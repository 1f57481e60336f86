import { routes } from '@shared/contract/api.ts'
import { tokenizerFromJson } from '@shared/text/tokenizer-json.ts'
import { MODEL_FILE, readModelFile } from '@engine/train/checkpoint.ts'
import type { Host } from './engine.ts'
import { checkpointBytes, HostIo, noCheckpoint, runTable } from './host-io.ts'
import { MainClient } from './rpc.ts'

/** The studio behind main's routes. */
export function connectHost(baseUrl: string, token: string, fetcher?: typeof fetch): Host {
  const client = new MainClient(baseUrl, token, fetcher)
  const codec = async (tokenizerId: string) =>
    tokenizerFromJson(JSON.parse(new TextDecoder().decode(await client.bytes(routes.tokenizer(tokenizerId)))))
  const run = (runId: string) => client.call('runs.get', { id: runId })
  return {
    run,
    codec,
    io: (run) => new HostIo(client, run),
    async model(runId, prefer) {
      const found = await run(runId)
      const { manifest } = await client.call('checkpoints.latest', { runId, prefer })
      if (!manifest) throw noCheckpoint(found.name)
      const params = readModelFile(await checkpointBytes(client, manifest, MODEL_FILE), runTable(found))
      return { run: found, codec: await codec(found.tokenizerId), params, step: manifest.state.step }
    },
  }
}
