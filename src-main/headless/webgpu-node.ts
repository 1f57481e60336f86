import { mkdtempSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Dawn from 'webgpu'
import { AppError } from '@shared/contract/errors.ts'
import { findSwiftShader, hasSystemVulkan } from './swiftshader.ts'

/** Dawn frees the instance, and every adapter with it, when this object is collected. */
let keptAlive: GPU | undefined

/**
 * Sets `navigator.gpu` and WebGPU's constants in Node, through Dawn (npm `webgpu`): on the machine's own adapter where there is one,
 * else on SwiftShader, the software Vulkan driver that comes with Chromium, unless `software` is false.
 * @throws AppError 'no_gpu' in one sentence when neither is there
 */
export async function installWebGpu(software = true): Promise<void> {
  if (keptAlive) return
  const dawn = await loadDawn()
  Object.assign(globalThis, dawn.globals)
  const gpu = await openInstance(dawn.create, software)
  keptAlive = gpu
  // Node 20 has no `navigator`; later versions have one without `gpu`.
  const navigator = (globalThis as { navigator?: object }).navigator ?? {}
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
  if (!('navigator' in globalThis))
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })
}

async function loadDawn(): Promise<typeof Dawn> {
  try {
    return await import('webgpu')
  } catch (error) {
    throw new AppError({
      code: 'no_gpu',
      message: `WebGPU for Node could not be loaded on ${process.platform}-${process.arch}.`,
      hint: 'Run "npm ci" again, or use --backend cpu.',
      details: { reason: error instanceof Error ? error.message : String(error) },
    })
  }
}

type Create = typeof Dawn.create

async function openInstance(create: Create, withSoftware: boolean): Promise<GPU> {
  if (process.platform !== 'linux' || hasSystemVulkan()) {
    const gpu = create([])
    const adapter = await gpu.requestAdapter()
    if (adapter) return gpu
  }
  const software = withSoftware && process.platform === 'linux' ? findSwiftShader() : null
  if (software) {
    useDriver(software)
    const gpu = create([])
    if (await gpu.requestAdapter()) return gpu
  }
  throw new AppError({
    code: 'no_gpu',
    message:
      'No WebGPU adapter was found: this machine has no usable graphics driver and no Chromium with SwiftShader.',
    hint: 'Install a Vulkan driver or Chromium (Debian: apt-get install chromium), or use --backend cpu.',
  })
}

function useDriver({ icd, loader }: { icd: string; loader: string | null }): void {
  process.env.VK_ICD_FILENAMES = icd
  process.env.VK_DRIVER_FILES = icd
  // SwiftShader puts its just-in-time code in files here.
  process.env.XDG_RUNTIME_DIR ??= mkdtempSync(join(tmpdir(), 'gradus-xdg-'))
  if (loader) preload(loader)
}

/**
 * Dawn asks the system for `libvulkan.so.1`, which a machine without graphics lacks, while Chromium brings one.
 * A library stays open once opened with RTLD_NODELETE, so Dawn finds it by name, though Node refuses it for being no addon.
 */
function preload(loader: string): void {
  const RTLD_NODELETE = 0x1000
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | RTLD_NODELETE)
  } catch {
    // "Module did not self-register": expected.
  }
}
