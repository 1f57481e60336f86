/** What a helper thread needs to begin. */
export interface ThreadStart {
  module: WebAssembly.Module
  memory: WebAssembly.Memory
  /** 1 .. count - 1; thread 0 is whoever runs programs. */
  index: number
  count: number
}

export interface HelperThread {
  /** Ends it, wherever it is. */
  terminate(): void
}

/** Starts a helper thread; resolves when it is about to call `help()`. Rejects when it cannot start. */
export type ThreadSpawner = (start: ThreadStart) => Promise<HelperThread>

/** Told to whoever started a thread. */
export type ThreadMessage = { ready: true } | { failed: string }
