import type { Source, StudioEvent } from '@shared/contract/schemas.ts'
import { createPaths, type Paths } from '../fs/paths.ts'

/** Carries events from the services to every open event stream. */
export interface EventBus {
  emit(event: StudioEvent): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: StudioEvent) => void): () => void
}

/** What every service works with. */
export interface Context {
  readonly dataDir: string
  readonly paths: Paths
  readonly events: EventBus
  /** One line for the terminal, for a person to read. */
  log(line: string): void
}

/** The files that the person handed over, by id. */
export interface SourceService {
  /** The source and where its bytes are; AppError 'not_found', or 'bad_request' while its upload is not complete. */
  get(id: string): { source: Source; path: string }
  /** Forgets it, and deletes the uploaded copy. A file registered by its path is never touched. */
  remove(id: string): Promise<void>
}

export function createEventBus(): EventBus {
  const listeners = new Set<(event: StudioEvent) => void>()
  return {
    emit(event) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

export const createContext = (dataDir: string, log: (line: string) => void): Context => ({
  dataDir,
  paths: createPaths(dataDir),
  events: createEventBus(),
  log,
})
