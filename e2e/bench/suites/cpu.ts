import { openCpuNode } from '../../../src-main/headless/cpu-node.ts'
import { reason } from '../core/alternate.ts'
import type { Case, Suite } from '../core/case.ts'
import { oursOn } from '../contenders/ours.ts'
import type { Task } from '../contenders/work.ts'
import { GPT2, NANO_CHAR, NANO_CPU, type StepShape } from '../model/shapes.ts'
import { browserVersion, openBrowser, type BenchBrowser } from '../node/browser.ts'
import { localContender } from '../node/local.ts'
import { findPyTorch, pytorch } from '../node/pytorch.ts'
import { packageVersion } from '../node/versions.ts'
import { browserCpuCases } from './cpu-browser.ts'
import { decodeCase } from './decode-case.ts'
import { matmulCase } from './matmul-case.ts'
import { stepCase } from './step-case.ts'

/** Largest norm of the gradients, as nanoGPT has it. */
const CLIP = 1

/** The CPU backend beside jax-js and TensorFlow.js in one page, and beside PyTorch in Node. */
export const cpu: Suite = {
  name: 'cpu',
  help: 'training steps, matmul and decoding on the processor, beside jax-js, TensorFlow.js and PyTorch',
  async open({ threads }) {
    const python = await findPyTorch()
    // Opened by the first case that needs it, after those in Node: an open browser takes time from them.
    let browser: Promise<BenchBrowser | { missing: string }> | undefined
    const openOnce = () => (browser ??= openBrowser(false).catch((error: unknown) => ({ missing: reason(error) })))
    const both =
      (task: Task): Case['contenders'] =>
      async () => [
        localContender(
          'Gradus',
          () => openCpuNode(threads),
          (backend) => oursOn(backend, task),
        ),
        pytorch(python, threads, task),
      ]
    const step = (shape: StepShape, given: Pick<Case, 'id' | 'rounds' | 'warmUp' | 'times'> & Partial<Case>) =>
      stepCase(shape, { where: 'in Node', contenders: both({ kind: 'step', shape, clip: CLIP }), ...given })
    return {
      versions: {
        browser: await browserVersion().catch(() => 'none'),
        'jax-js': packageVersion('@jax-js/jax'),
        'TensorFlow.js': packageVersion('@tensorflow/tfjs-core'),
        PyTorch: python?.torch ?? 'none',
        threads: `${threads}`,
      },
      cases: [
        // No more steps: after some 80 of one batch learned by heart, rounding alone sets two engines 1 % apart.
        step(NANO_CPU, { id: 'step-nano', rounds: 12, warmUp: 2, times: 5 }),
        step(NANO_CHAR, { id: 'step-char', rounds: 10, warmUp: 1, times: 1 }),
        step(GPT2, { id: 'step-gpt2', rounds: 8, warmUp: 1, times: 1, needsBytes: 9 * 2 ** 30 }),
        matmulCase(512, {
          id: 'matmul',
          title: 'Matmul 512 x 512 x 512 in Node, f32',
          contenders: both({ kind: 'matmul', size: 512, read: 'last' }),
          times: 50,
        }),
        decodeCase(threads, python),
        ...browserCpuCases(openOnce, threads),
      ],
      close: async () => {
        const opened = await browser
        if (opened && 'close' in opened) await opened.close()
      },
    }
  },
}
