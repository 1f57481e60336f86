import { parentPort } from 'node:worker_threads'
import type { AppErrorData } from '@shared/contract/errors.ts'
import { toErrorData } from '@shared/contract/errors.ts'
import { tokenizerFromJson } from '@shared/text/tokenizer.ts'
import { encodeBatch, type Batch, type EncodedBatch } from './batch.ts'

/** What an encoder thread is started with. */
export interface EncoderData {
  kind: 'encoder'
  /** Text of tokenizer.json. */
  json: string
}

export type EncoderReply = EncodedBatch | { error: AppErrorData }

/** Work of a thread that only encodes: for each batch it gets one reply, in order, until it is ended. */
export function serveEncoder({ json }: EncoderData): void {
  const tokenizer = tokenizerFromJson(JSON.parse(json))
  parentPort?.on('message', (batch: Batch) => {
    let reply: EncoderReply
    try {
      reply = encodeBatch(tokenizer, batch)
    } catch (error) {
      reply = { error: toErrorData(error) }
    }
    parentPort?.postMessage(reply, 'ids' in reply ? [reply.ids.buffer] : [])
  })
}
