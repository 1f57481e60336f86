// What `npm start`, `npm test` and the headless commands do before anything else: dependencies and build.
// Plain JavaScript with Node's own modules only, since nothing is installed yet when it runs.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')
const MINIMUM_NODE = 20
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

export const say = (line) => console.log(`gradus: ${line}`)

/** Ends the process with one clear sentence. */
export function fail(line) {
  console.error(`gradus: ${line}`)
  process.exit(1)
}

export function requireNode() {
  if (Number(process.versions.node.split('.')[0]) < MINIMUM_NODE) {
    fail(`this is Node ${process.versions.node}; Gradus needs Node ${MINIMUM_NODE} or newer (https://nodejs.org).`)
  }
}

/** Runs a command with inherited output; resolves to its exit code. Windows needs a shell for npm.cmd. */
export function run(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32' && command.endsWith('.cmd'),
      ...options,
    })
    child.on('error', (error) => {
      console.error(`gradus: ${command}: ${error.message}`)
      done(1)
    })
    child.on('close', (code, signal) => done(signal ? 1 : (code ?? 1)))
  })
}

/** Path of a package's command line script, to be run with this very Node. */
export const tool = (path) => join(root, 'node_modules', path)

const sha256 = (parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

const readStamp = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

const readJson = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { packages: {} })

/**
 * Whether node_modules holds what package-lock.json asks for, by the record that npm itself writes at the end of an install.
 * Optional packages are for other platforms as well, so they may be absent.
 */
export function dependenciesCurrent(folder = root) {
  const wanted = readJson(join(folder, 'package-lock.json')).packages
  const installed = readJson(join(folder, 'node_modules', '.package-lock.json')).packages
  return Object.entries(wanted).every(
    ([path, { version, optional, link }]) => path === '' || optional || link || installed[path]?.version === version,
  )
}

/** Installs dependencies when they are missing or out of date. */
export async function ensureDependencies() {
  if (dependenciesCurrent()) return
  say('installing dependencies (npm ci), once …')
  const code = await run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  if (code !== 0) {
    fail('npm ci failed. The lines above say why; the npm registry must be reachable the first time.')
  }
}

const SOURCES = [
  'src-main',
  'src-renderer',
  'src-shared',
  'resources',
  'electron.vite.config.ts',
  'package-lock.json',
  'tsconfig.base.json',
]

function* files(path) {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const full = join(path, entry.name)
    if (entry.isDirectory()) yield* files(full)
    else if (!/\.test\.ts$/.test(entry.name)) yield full
  }
}

function* sourceBytes() {
  for (const name of SOURCES) {
    const path = join(root, name)
    if (!existsSync(path)) continue
    const all = /\.\w+$/.test(name) ? [path] : files(path)
    for (const file of all) {
      yield file.slice(root.length)
      yield readFileSync(file)
    }
  }
}

/** Builds the app when any source differs from what the last build was made of. */
export async function ensureBuild() {
  const stampPath = join(root, 'out', '.gradus-built')
  const stamp = sha256(sourceBytes())
  if (readStamp(stampPath) === stamp) return
  say('building …')
  const log = spawnSync(process.execPath, [tool('electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (log.status !== 0) {
    console.error(log.stdout + log.stderr)
    fail('the build failed; the lines above say where.')
  }
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stampPath, stamp)
}
