import { Worker } from 'node:worker_threads'
import { AppError } from '@shared/contract/errors.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'
import { encodeBatch, type Batch, type EncodedBatch } from './batch.ts'
import type { EncoderData, EncoderReply } from './encoder-thread.ts'

/** Encodes batches, several at a time where there are threads for it. */
export interface Encoders {
  /** Batches that may be under way at once: enough that no thread waits for the next. */
  readonly lanes: number
  encode(batch: Batch): Promise<EncodedBatch>
  /** Ends the threads. */
  close(): Promise<void>
}

/** Text below which a thread would take longer to start than it saves. */
const BYTES_PER_THREAD = 16 * 1024 * 1024
/** Each thread takes some 60 MB of memory. */
const MOST_THREADS = 4

/** How many threads encode `bytes` of text on a machine of `cores`: one core is left to the window; 0 when the text is short. */
export const encoderThreads = (bytes: number, cores: number): number =>
  Math.min(MOST_THREADS, Math.max(1, cores - 1), Math.floor(bytes / BYTES_PER_THREAD))

/** In this very thread. */
export const encodeHere = (tokenizer: Tokenizer): Encoders => ({
  lanes: 1,
  encode: async (batch) => encodeBatch(tokenizer, batch),
  close: async () => {},
})

interface Waiting {
  resolve(encoded: EncodedBatch): void
  reject(error: unknown): void
}

/**
 * In `count` threads. Batches go round the threads in turn and are of like size, so that all are kept busy.
 * @param entry built file of the job thread
 * @param json text of tokenizer.json
 */
export function encodeInThreads(entry: string, json: string, count: number): Encoders {
  const threads = Array.from({ length: count }, () => startThread(entry, json))
  let next = 0
  return {
    lanes: 2 * count,
    encode: (batch) => (threads[next++ % count] as EncoderThread).encode(batch),
    async close() {
      await Promise.all(threads.map((thread) => thread.end()))
    },
  }
}

type EncoderThread = ReturnType<typeof startThread>

function startThread(entry: string, json: string) {
  const workerData: EncoderData = { kind: 'encoder', json }
  const worker = new Worker(entry, { workerData })
  const waiting: Waiting[] = []
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    for (const batch of waiting.splice(0)) batch.reject(failure)
  }
  worker.on('message', (reply: EncoderReply) => {
    const batch = waiting.shift()
    if ('error' in reply) batch?.reject(new AppError(reply.error))
    else batch?.resolve(reply)
  })
  worker.on('error', fail)
  worker.on('exit', (code) => {
    fail(new AppError({ code: 'internal', message: `A thread that encodes text ended early (${code}).` }))
  })
  return {
    encode: (batch: Batch): Promise<EncodedBatch> =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure)
        waiting.push({ resolve, reject })
        worker.postMessage(batch, [batch.bytes.buffer, batch.ends.buffer, batch.last.buffer])
      }),
    end: () => worker.terminate(),
  }
}
