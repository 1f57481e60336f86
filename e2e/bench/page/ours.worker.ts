import type { Backend } from '@engine/backend.ts'
import { browserThreads } from '@engine/cpu/browser-threads.ts'
import { openCpu } from '@engine/cpu/cpu-backend.ts'
import { openTunedWebGpu } from '@engine/webgpu/autotune/open.ts'
import { openWebGpu } from '@engine/webgpu/webgpu-backend.ts'
import { oursOn } from '../contenders/ours.ts'
import { profileDevice } from '../contenders/profile.ts'
import type { Work } from '../contenders/work.ts'
import type { FromWorker, ToWorker, WorkerOpen } from './ours.ts'

let work: Work | undefined

async function open({ backend, threads, task }: WorkerOpen): Promise<FromWorker> {
  const opened: Backend = await (backend === 'cpu'
    ? openCpu({ spawn: browserThreads, threads })
    : openTunedWebGpu(null))
  work = await oursOn(opened, task)
  return { on: opened.info.kind === 'cpu' ? opened.info.adapter : '' }
}

async function profile(): Promise<FromWorker> {
  const backend = await openWebGpu()
  try {
    return { profile: await profileDevice(backend) }
  } finally {
    backend.destroy()
  }
}

async function answer(message: ToWorker): Promise<FromWorker> {
  if ('open' in message) return open(message.open)
  if ('profile' in message) return profile()
  if (!work) throw new Error('run before open')
  return { turn: await work.run(message.times) }
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) =>
  void answer(data)
    .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((reply: FromWorker) => self.postMessage(reply))
