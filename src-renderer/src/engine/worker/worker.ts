import { browserThreads } from '@engine/cpu/browser-threads.ts'
import { openCpu } from '@engine/cpu/cpu-backend.ts'
import { findAdapter } from '@engine/webgpu/adapter.ts'
import { openTunedWebGpu } from '@engine/webgpu/autotune/open.ts'
import type { TuningStore } from '@engine/webgpu/autotune/tunable.ts'
import { openBackend } from './backends.ts'
import { Engine } from './engine.ts'
import { connectHost } from './host.ts'
import type { EngineCommand, EngineEvent } from './protocol.ts'

const openers = (tunings: TuningStore | null) => ({
  adapter: async () => (await findAdapter())?.info ?? null,
  webgpu: (portion: number) => openTunedWebGpu(tunings, portion),
  cpu: (threads: number) => openCpu({ spawn: browserThreads, threads }),
})

// The engine's thread: commands in, events out.
const engine = new Engine({
  emit: (event: EngineEvent) => self.postMessage(event),
  connect: connectHost,
  openBackend: (wish, tunings) => openBackend(wish, openers(tunings)),
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
})
self.addEventListener('message', ({ data }: MessageEvent<EngineCommand>) => engine.handle(data))
