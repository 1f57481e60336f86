import type { Sampling } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import type { TensorMap } from '@engine/model/session.ts'
import type { Codec } from '@engine/train/codec.ts'
import { generate } from '@engine/train/generate.ts'
import type { Device } from '@engine/worker/device.ts'

export interface WriteRequest {
  config: GptConfig
  params: TensorMap
  codec: Codec
  prompt: string
  sampling: Sampling
  onText?: (text: string) => void
}

/** A model's continuation of a prompt. */
export async function writeText(device: Device, request: WriteRequest): Promise<string> {
  const { config, params, codec, prompt, sampling, onText } = request
  const session = await device.session({
    config,
    head: { kind: 'lm' },
    batchSize: 1,
    seqLen: config.nPositions,
    optimizer: null,
  })
  try {
    session.setState({ params })
    const options = { sampling, stopAt: codec.endId, ...(onText ? { onText } : {}) }
    return (await generate(session, codec, codec.encode(prompt), options)).text
  } finally {
    session.dispose()
  }
}
