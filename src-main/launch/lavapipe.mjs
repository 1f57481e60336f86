// The driver of the tests with 16-bit floats: Mesa's lavapipe, in a folder of its own, so that nothing else on the machine changes its adapter.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { root, say } from './prepare.mjs'

const folder = join(root, 'node_modules/.cache/gradus/lavapipe')
const PACKAGE = 'mesa-vulkan-drivers'
const REASON = 'the tests with 16-bit floats are skipped'

const command = (file, args, options = {}) =>
  spawnSync(file, args, {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    ...options,
  })

/** Fetches the driver from Debian's packages where that can be done and has not been; else those tests are skipped, as a line says. */
export function ensureLavapipe() {
  if (existsSync(join(folder, 'icd.json'))) return
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return
  say(`fetching a software driver with 16-bit floats (${PACKAGE}) …`)
  mkdirSync(join(folder, '..'), { recursive: true })
  const work = mkdtempSync(`${folder}-`)
  try {
    fetchInto(work)
    rmSync(folder, { recursive: true, force: true })
    renameSync(work, folder)
  } catch (error) {
    say(`${error.message}: ${REASON}.`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Unpacks the package, installs what its library needs, and writes a manifest that names the library where it will lie. */
function fetchInto(work) {
  let fetched = command('apt-get', ['download', '-qq', PACKAGE], { cwd: work })
  if (fetched.status !== 0 && command('apt-get', ['update', '-qq']).status === 0)
    fetched = command('apt-get', ['download', '-qq', PACKAGE], { cwd: work })
  const archive = readdirSync(work).find((name) => name.endsWith('.deb'))
  if (fetched.status !== 0 || !archive) throw new Error(`${PACKAGE} could not be fetched`)
  if (command('dpkg-deb', ['-x', archive, '.'], { cwd: work }).status !== 0)
    throw new Error(`${archive} can't be unpacked`)
  const needs = command('dpkg-deb', ['-f', archive, 'Depends'], { cwd: work }).stdout.trim()
  if (command('apt-get', ['satisfy', '-y', '-qq', '--no-install-recommends', needs]).status !== 0)
    throw new Error(`what ${PACKAGE} needs could not be installed`)
  const manifests = join(work, 'usr/share/vulkan/icd.d')
  const name = readdirSync(manifests).find((file) => file.startsWith('lvp_icd'))
  if (!name) throw new Error(`${PACKAGE} has no lavapipe`)
  const manifest = JSON.parse(readFileSync(join(manifests, name), 'utf8'))
  // A bare name where the package is of several architectures.
  const library = manifest.ICD.library_path.split('/').at(-1)
  const found = readdirSync(join(work, 'usr/lib'), { recursive: true, encoding: 'utf8' }).find((file) =>
    file.endsWith(library),
  )
  if (!found) throw new Error(`${PACKAGE} has no ${library}`)
  manifest.ICD.library_path = join(folder, 'usr/lib', found)
  rmSync(join(work, archive))
  writeFileSync(join(work, 'icd.json'), JSON.stringify(manifest))
}
