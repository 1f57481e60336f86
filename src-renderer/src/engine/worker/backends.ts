import { createFittingSession } from '@engine/model/fit.ts'
import type { Session, SessionOptions } from '@engine/model/session.ts'
import { openChosen, type BackendOpeners } from './choose-backend.ts'
import type { OpenBackend } from './device.ts'
import { lookAt } from './look.ts'
import type { OpenWish } from './protocol.ts'

/** Opens the backend that suits the wish, ready to take models. @throws AppError of the opener */
export async function openBackend(wish: OpenWish, openers: BackendOpeners): Promise<OpenBackend> {
  const { backend, ...because } = await openChosen(wish, openers)
  return {
    description: { ...backend.info, ...because },
    createSession: (options: SessionOptions): Promise<Session> => createFittingSession(backend, options),
    look: (look) => lookAt(backend, look),
    lost: backend.lost.then(({ reason, message }) => message || reason),
    lose: () => backend.destroy(),
  }
}
