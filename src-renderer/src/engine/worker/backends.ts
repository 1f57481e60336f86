import { AppError } from '@shared/contract/errors.ts'
import { createSession } from '@engine/model/gpt.ts'
import type { Session, SessionOptions } from '@engine/model/session.ts'
import { openWebGpu } from '@engine/webgpu/webgpu-backend.ts'
import type { EngineCommand } from './protocol.ts'
import type { OpenBackend } from './device.ts'

/** Opens the backend that the person chose. Throws 'no_gpu' without an adapter, 'unsupported' for one that is not built yet. */
export async function openBackend(choice: Extract<EngineCommand, { type: 'open' }>['backend']): Promise<OpenBackend> {
  if (choice === 'cpu') {
    throw new AppError({
      code: 'unsupported',
      message: 'Training on the CPU alone is not built yet.',
      hint: 'Choose WebGPU: without a graphics card it runs on a software adapter.',
    })
  }
  const backend = await openWebGpu()
  return {
    description: backend.info,
    createSession: (options: SessionOptions): Promise<Session> => createSession(backend, options),
    lost: backend.lost.then(({ reason, message }) => message || reason),
    lose: () => backend.destroy(),
  }
}
