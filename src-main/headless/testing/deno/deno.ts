import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import type { Backend } from '@engine/backend.ts'
import { direct, tuningFor, type Tuning } from '@engine/webgpu/tuning.ts'
import { findSwiftShader } from '../../swiftshader.ts'
import { RemoteBackend, type Command } from './remote-backend.ts'

const root = resolve(import.meta.dirname, '../../../..')
const cache = join(root, 'node_modules/.cache/gradus')

/** Deno of the npm package, of this platform. */
function findDeno(): string | null {
  const folder = join(root, 'node_modules/@deno')
  const platforms = existsSync(folder) ? readdirSync(folder) : []
  const binaries = platforms.map((name) => join(folder, name, process.platform === 'win32' ? 'deno.exe' : 'deno'))
  return binaries.find((path) => existsSync(path)) ?? null
}

/** Mesa's software Vulkan driver, which has 16-bit floats: where launch/lavapipe.mjs puts it, or the system's. */
function findLavapipe(): string | null {
  const system = '/usr/share/vulkan/icd.d'
  const name = existsSync(system) ? readdirSync(system).find((file) => file.startsWith('lvp_icd')) : undefined
  const own = join(cache, 'lavapipe/icd.json')
  return [own, ...(name ? [join(system, name)] : [])].find((path) => existsSync(path)) ?? null
}

/** Why kernels with 16-bit floats can't be run on this machine; null where they can. */
export function whyNoFloat16(): string | null {
  if (!findDeno()) return 'npm installed no Deno for this platform'
  if (!findLavapipe()) return 'Mesa’s software Vulkan driver is not there (Debian: apt-get install mesa-vulkan-drivers)'
  return null
}

/** Small kernels: this driver's compiler takes seconds over large ones. */
const QUICK_TO_COMPILE: Tuning = { ...tuningFor(false), tile: direct(4, 1, 4, 2), smallTiles: [], attentionVectors: 16 }

/** What tests with 16-bit floats are given: a backend whose kernels can be checked where it is. */
export type Float16Backend = Backend & Pick<RemoteBackend, 'check'>

/**
 * A backend with 16-bit floats, on Deno's WebGPU and Mesa's software driver. Asks first {@link whyNoFloat16}.
 * @param largest bytes of one binding at most, where fewer than the adapter's
 */
export async function openFloat16(tuning = QUICK_TO_COMPILE, largest?: number): Promise<Float16Backend> {
  const file = join(cache, `deno-device-${process.pid}.mjs`)
  mkdirSync(cache, { recursive: true })
  writeFileSync(file, await bundleDevice())
  try {
    return (await RemoteBackend.open(denoCommand(file), tuning, largest)) as unknown as Float16Backend
  } finally {
    rmSync(file, { force: true })
  }
}

function denoCommand(script: string): Command {
  const icd = findLavapipe()!
  const loader = findSwiftShader()?.loader
  return {
    file: findDeno()!,
    args: ['run', '--allow-all', '--unstable-webgpu', '--no-config', '--no-lock', script],
    env: {
      VK_ICD_FILENAMES: icd,
      VK_DRIVER_FILES: icd,
      XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
      DENO_NO_UPDATE_CHECK: '1',
      // A machine without graphics lacks the Vulkan loader, while Chromium brings one.
      ...(loader && { LD_LIBRARY_PATH: resolve(loader, '..') }),
    },
  }
}

let bundled: Promise<string> | undefined

/** device.ts and the engine in one module. */
function bundleDevice(): Promise<string> {
  return (bundled ??= bundle())
}

async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: {
      alias: { '@shared': join(root, 'src-shared'), '@engine': join(root, 'src-renderer/src/engine') },
    },
    ssr: { noExternal: true },
    build: { ssr: join(import.meta.dirname, 'device.ts'), write: false, minify: false },
  })
  const [output] = [result].flat()
  if (!output || !('output' in output)) throw new Error('Vite built nothing.')
  return output.output[0].code
}
