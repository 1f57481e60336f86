import { openTunedWebGpu } from '@engine/webgpu/autotune/open.ts'
import { openWebGpu } from '@engine/webgpu/webgpu-backend.ts'
import { installWebGpu } from '../../../src-main/headless/webgpu-node.ts'
import type { Case, OpenSuite, Section, Suite } from '../core/case.ts'
import { profileDevice, profileLines, type DeviceProfile } from '../contenders/profile.ts'
import type { Task } from '../contenders/work.ts'
import { SMALL, WIDE, type StepShape } from '../model/shapes.ts'
import { openBrowser, pageContender } from '../node/browser.ts'
import { oursOn } from '../contenders/ours.ts'
import { localContender } from '../node/local.ts'
import { packageVersion } from '../node/versions.ts'
import { matmulCase } from './matmul-case.ts'
import { stepCase } from './step-case.ts'

const MATMUL_SIZES = [512, 1024]

/** Contenders of a task, ours first. */
type Field = (task: Task) => Case['contenders']

/** Ours against jax-js and TensorFlow.js on one adapter, in one page; with --node ours alone, through Dawn. */
export const webgpu: Suite = {
  name: 'webgpu',
  help: 'training step and matmul on WebGPU, beside jax-js and TensorFlow.js in one browser',
  open: ({ node }) => (node ? inNode() : inBrowser()),
}

async function inBrowser(): Promise<OpenSuite> {
  const browser = await openBrowser(true)
  const jax = packageVersion('@jax-js/jax')
  const tfjs = packageVersion('@tensorflow/tfjs-core')
  const field: Field = (task) => async () => {
    const given = { threads: 1, task }
    return [
      pageContender(browser, 'Gradus', 'ours-webgpu', given),
      pageContender(browser, `jax-js ${jax}`, 'jax-webgpu', given),
      pageContender(browser, `TensorFlow.js ${tfjs}`, 'tfjs-webgpu', given),
    ]
  }
  const { version, adapter, close } = browser
  const kind = adapter!.fallback ? ' (a software adapter)' : ''
  return {
    versions: { browser: version, adapter: `${adapter!.name}${kind}`, 'jax-js': jax, 'TensorFlow.js': tfjs },
    cases: cases(field, adapter!.fallback),
    sections: [profileSection(() => browser.page.evaluate(() => window.bench.profile()))],
    close,
  }
}

async function inNode(): Promise<OpenSuite> {
  await installWebGpu()
  const probe = await openWebGpu()
  const { info } = probe
  probe.destroy()
  if (info.kind !== 'webgpu') throw new Error('Dawn opened no WebGPU adapter')
  const field: Field = (task) => async () => [
    localContender(
      'Gradus',
      () => openTunedWebGpu(null),
      (backend) => oursOn(backend, task),
    ),
  ]
  return {
    versions: {
      Dawn: packageVersion('webgpu'),
      adapter: `${info.adapter}${info.fallback ? ' (a software adapter)' : ''}`,
    },
    cases: cases(field, info.fallback),
    sections: [
      profileSection(async () => {
        const backend = await openWebGpu()
        try {
          return await profileDevice(backend)
        } finally {
          backend.destroy()
        }
      }),
    ],
    close: async () => {},
  }
}

function profileSection(measure: () => Promise<DeviceProfile>): Section {
  return {
    id: 'profile',
    title: 'Gradus alone: what the adapter does at most, and where the time of a step goes',
    async measure() {
      const data = await measure()
      return { lines: profileLines(data), data }
    },
  }
}

/** A software adapter takes seconds for what a card does in milliseconds. */
function cases(field: Field, software: boolean): Case[] {
  const step = (id: string, shape: StepShape) =>
    stepCase(shape, {
      id,
      where: 'on WebGPU',
      contenders: field({ kind: 'step', shape, clip: 0 }),
      rounds: software ? 6 : 20,
      warmUp: software ? 1 : 3,
      times: software ? 1 : 10,
    })
  return [
    step('step', SMALL),
    step('step-wide', WIDE),
    ...MATMUL_SIZES.slice(0, software ? 1 : 2).map((size) =>
      matmulCase(size, {
        id: `matmul-${size}`,
        title: `Matmul ${size} x ${size} x ${size} on WebGPU, f32, the product read back`,
        contenders: field({ kind: 'matmul', size, read: 'all' }),
        times: software ? 2 : 50,
      }),
    ),
  ]
}
