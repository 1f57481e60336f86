import type { Turn } from '../core/case.ts'
import type { DeviceProfile } from '../contenders/profile.ts'
import type { Task, Work } from '../contenders/work.ts'

export interface WorkerOpen {
  backend: 'cpu' | 'webgpu'
  threads: number
  task: Task
}

/** To the worker: open once, then run. */
export type ToWorker = { open: WorkerOpen } | { times: number } | { profile: true }
/** From the worker, one for each message to it. */
export type FromWorker = { on: string } | { turn: Turn } | { profile: DeviceProfile } | { error: string }

/** The studio's engine in a worker of the page. */
export async function oursInWorker(
  backend: WorkerOpen['backend'],
  threads: number,
  task: Task,
): Promise<{ work: Work; on: string }> {
  const { ask, worker } = startWorker()
  const opened = await ask({ open: { backend, threads, task } })
  return {
    on: 'on' in opened ? opened.on : '',
    work: {
      async run(times) {
        const answer = await ask({ times })
        if (!('turn' in answer)) throw new Error('the worker answered out of turn')
        return answer.turn
      },
      dispose: () => worker.terminate(),
    },
  }
}

/** The profile of the WebGPU backend, by a worker of its own. */
export async function profileInWorker(): Promise<DeviceProfile> {
  const { ask, worker } = startWorker()
  try {
    const answer = await ask({ profile: true })
    if (!('profile' in answer)) throw new Error('the worker answered out of turn')
    return answer.profile
  } finally {
    worker.terminate()
  }
}

function startWorker() {
  const worker = new Worker(new URL('./ours.worker.ts', import.meta.url), { type: 'module' })
  const ask = (message: ToWorker) =>
    new Promise<FromWorker>((done, refuse) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) =>
        'error' in data ? refuse(new Error(data.error)) : done(data)
      worker.onerror = (event) => refuse(new Error(event.message))
      worker.postMessage(message)
    })
  return { ask, worker }
}
