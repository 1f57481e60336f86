// npm start: from a bare clone to the open studio.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { ensureElectron } from './electron.mjs'
import { ensureBuild, ensureDependencies, fail, requireNode, root, say } from './prepare.mjs'

const USAGE = `npm start -- [options]

  --host electron|web   where to open: Electron (default where its binary is there or can be had) or the installed browser
  --data-dir DIR        folder for projects, datasets and models (default: the system's place for application data)
  --port N              port of the web host (default: a free one)
  --no-open             web host only: print the address instead of opening a browser
  --help                this text`

function options() {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string' },
        'data-dir': { type: 'string' },
        port: { type: 'string' },
        'no-open': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.host && !['electron', 'web'].includes(values.host))
      throw new Error(`--host takes electron or web, not “${values.host}”`)
    if (values.port && !/^\d{1,5}$/.test(values.port)) throw new Error(`--port takes a number, not “${values.port}”`)
    return values
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`)
  }
}

/** Starts the studio's process, hands it Ctrl-C, and ends as it ends. `onLine` gets what it prints for the launcher. */
function launch(command, args, onLine) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'inherit'] })
  if (onLine) createInterface({ input: child.stdout }).on('line', onLine)
  // The terminal sends Ctrl-C to the whole group, a service manager only to this process: pass it on, and wait.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`${command}: ${error.message}`))
  child.on('close', (code) => process.exit(code ?? 0))
}

/** Tells the address when the web host is ready; it holds the token, so it opens the studio in any browser on this machine. */
function announce(line) {
  const url = /^GRADUS_READY (\S+)$/.exec(line)?.[1]
  if (url) say(`the studio is at ${url}   (Ctrl-C stops it)`)
}

/** Whether a window can be shown at all. */
const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY)

const values = options()
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
requireNode()
await ensureDependencies()
await ensureBuild()

const shared = values['data-dir'] ? ['--data-dir', values['data-dir']] : []
const wantsElectron = values.host === 'electron' || (!values.host && !values['no-open'] && !values.port && hasDisplay())
const electron = wantsElectron ? await ensureElectron() : null
if (values.host === 'electron' && !electron) fail('--host electron was asked for, but its binary is not to be had.')

if (electron) {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  if (asRoot) say('running as root: Electron is started with --no-sandbox, which root needs.')
  launch(electron, [...(asRoot ? ['--no-sandbox'] : []), join(root, 'out/main/electron.js'), ...shared])
} else {
  const open = values['no-open'] ? [] : ['--open']
  const port = values.port ? ['--port', values.port] : []
  launch(process.execPath, [join(root, 'out/main/web.js'), ...shared, ...port, ...open], announce)
}
