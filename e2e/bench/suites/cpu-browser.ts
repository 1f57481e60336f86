import type { Case } from '../core/case.ts'
import type { Task } from '../contenders/work.ts'
import { SMALL } from '../model/shapes.ts'
import { pageContender, type BenchBrowser } from '../node/browser.ts'
import { packageVersion } from '../node/versions.ts'
import { matmulCase } from './matmul-case.ts'
import { stepCase } from './step-case.ts'

/** Ours, jax-js and TensorFlow.js by WebAssembly in one page that may share memory between threads. The page is asked for when it is needed. */
export function browserCpuCases(open: () => Promise<BenchBrowser | { missing: string }>, threads: number): Case[] {
  const field =
    (task: Task): Case['contenders'] =>
    async () => {
      const browser = await open()
      if ('missing' in browser) return [{ name: 'Chromium', missing: browser.missing }]
      const given = { threads, task }
      return [
        pageContender(browser, 'Gradus', 'ours-cpu', given),
        pageContender(browser, `jax-js ${packageVersion('@jax-js/jax')} wasm`, 'jax-wasm', given),
        pageContender(browser, `TensorFlow.js ${packageVersion('@tensorflow/tfjs-core')} wasm`, 'tfjs-wasm', given),
      ]
    }
  return [
    stepCase(SMALL, {
      id: 'browser-step',
      where: 'in Chromium',
      contenders: field({ kind: 'step', shape: SMALL, clip: 0 }),
      rounds: 12,
      warmUp: 2,
      times: 2,
    }),
    matmulCase(512, {
      id: 'browser-matmul',
      title: 'Matmul 512 x 512 x 512 in Chromium, f32, the product read back',
      contenders: field({ kind: 'matmul', size: 512, read: 'all' }),
      times: 20,
    }),
  ]
}
