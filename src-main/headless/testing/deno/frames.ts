import { deserialize, serialize } from 'node:v8'

/** Messages over a pipe: four bytes of length, then the message as the structured clone algorithm writes it. */
export function frame(message: unknown): Buffer {
  const body = serialize(message)
  const head = Buffer.alloc(4)
  head.writeUInt32LE(body.length)
  return Buffer.concat([head, body])
}

/** Takes the pipe's bytes as they come, and hands over each message once it is whole. */
export function onFrames<T>(handle: (message: T) => void): (chunk: Uint8Array) => void {
  let pending: Buffer = Buffer.alloc(0)
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 4) {
      const end = 4 + pending.readUInt32LE(0)
      if (pending.length < end) return
      // A copy, for typed arrays inside must be aligned.
      const message = deserialize(Buffer.from(pending.subarray(4, end))) as T
      pending = pending.subarray(end)
      handle(message)
    }
  }
}
