import { jaxOn } from '../contenders/jax.ts'
import { tfjsOn } from '../contenders/tfjs.ts'
import type { Work } from '../contenders/work.ts'
import type { BenchPage, Engine, Order } from './protocol.ts'
import { oursInWorker, profileInWorker } from './ours.ts'

/** The peers run in the page, where their documentation runs them; ours runs in a worker, where the studio runs it. */
const works = new Map<Engine, Work>()

async function open({ engine, threads, task }: Order): Promise<{ work: Work; on: string }> {
  switch (engine) {
    case 'jax-wasm':
      // It takes as many threads as the machine has cores, and has no setting for it.
      return { work: await jaxOn('wasm', task), on: `${navigator.hardwareConcurrency} threads` }
    case 'jax-webgpu':
      return { work: await jaxOn('webgpu', task), on: '' }
    case 'tfjs-wasm':
      return tfjsOn('wasm', threads, task)
    case 'tfjs-webgpu':
      return tfjsOn('webgpu', threads, task)
    default:
      return oursInWorker(engine === 'ours-cpu' ? 'cpu' : 'webgpu', threads, task)
  }
}

const bench: BenchPage = {
  async prepare(order) {
    const { work, on } = await open(order)
    works.set(order.engine, work)
    return on
  },
  run: (engine, times) => works.get(engine)!.run(times),
  async dispose(engine) {
    works.get(engine)?.dispose()
    works.delete(engine)
  },
  profile: profileInWorker,
  async adapter() {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) return null
    const { vendor, architecture, description, isFallbackAdapter } = adapter.info
    const name = [vendor, architecture, description].filter(Boolean).join(' ')
    return { name, fallback: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(name) }
  },
}

window.bench = bench
