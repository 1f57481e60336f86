// Compiles the CPU backend's kernels (AssemblyScript) to WebAssembly and hands them to Vite as modules.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

// electron-vite bundles this file into its config, which lies in the project's folder.
const here = import.meta.dirname
const root = here.endsWith(join('src-main', 'launch')) ? resolve(here, '../..') : here
const folder = join(root, 'src-renderer/src/engine/cpu/kernels')
const cache = join(root, 'node_modules/.cache/gradus')

/** The builds that exist; a machine takes the first that its engine accepts. Threads need a shared memory, of at most 4 GiB. */
const SHARED = ['--sharedMemory', '--maximumMemory', '65536']
const VARIANTS = {
  relaxed: ['--enable', 'simd,relaxed-simd,threads', ...SHARED],
  simd: ['--enable', 'simd,threads', ...SHARED],
  single: ['--enable', 'simd'],
}

// The first page and a half stays free of constants: address 0 means absent, and the pool keeps its words there.
const COMMON = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--memoryBase',
  '4096',
  '--importMemory',
  '--initialMemory',
  '16',
]

const sources = () =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )

/** Bytes of a variant's module, compiled unless the same sources were before. @throws with the compiler's words */
async function compile(variant, entry) {
  const files = sources()
  const options = [entry, ...COMMON, ...VARIANTS[variant]]
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8'))
  const hash = createHash('sha256')
    .update(JSON.stringify([version, options, files]))
    .digest('hex')
    .slice(0, 24)
  const path = join(cache, `cpu-${variant}-${hash}.wasm`)
  try {
    return readFileSync(path)
  } catch {
    // not compiled yet
  }
  const { default: asc } = await import('assemblyscript/asc')
  let binary
  const { error, stderr } = await asc.main([...options, '--outFile', 'kernels.wasm'], {
    readFile: (name) => files[name] ?? null,
    writeFile: (_name, contents) => void (binary = contents),
    listFiles: () => [],
  })
  if (error || !binary) throw new Error(`The CPU kernels (${variant}) don't compile:\n${stderr.toString()}`)
  mkdirSync(cache, { recursive: true })
  // Whole or not at all: several processes may be compiling.
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, binary)
  renameSync(temporary, path)
  return binary
}

const PREFIX = 'virtual:cpu-kernels/'

/**
 * `virtual:cpu-kernels/relaxed` and the other variants, each a module whose default export is the WebAssembly in base64;
 * `virtual:cpu-kernels/relaxed/NAME`: the same of another entry, for tests.
 */
export function cpuKernels() {
  return {
    name: 'gradus-cpu-kernels',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null
      // Vite watches these when it serves.
      for (const name of readdirSync(folder)) this.addWatchFile(join(folder, name))
      const [variant, entry = 'index'] = id.slice(PREFIX.length + 1).split('/')
      const binary = await compile(variant, `${entry}.ts`)
      return `export default '${Buffer.from(binary).toString('base64')}'`
    },
  }
}
