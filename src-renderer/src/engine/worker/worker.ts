import { openBackend } from './backends.ts'
import { Engine } from './engine.ts'
import { connectHost } from './host.ts'
import type { EngineCommand, EngineEvent } from './protocol.ts'

// The engine's thread: commands in, events out.
const engine = new Engine({
  emit: (event: EngineEvent) => self.postMessage(event),
  connect: connectHost,
  openBackend,
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
})
self.addEventListener('message', ({ data }: MessageEvent<EngineCommand>) => engine.handle(data))
