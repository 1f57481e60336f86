// npm run bench: compares the engine with its peers. Installs like npm start, then builds the benchmark, which is no part of the app.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureChromium } from './chromium.mjs'
import { ensureDependencies, fail, requireNode, root, run, say, tool } from './prepare.mjs'

requireNode()
await ensureDependencies()
const args = process.argv.slice(2)
const needsBrowser = !args.includes('--help') && !args.includes('--node') && ['cpu', 'webgpu'].includes(args[0])
const chromium = needsBrowser ? await ensureChromium() : 'playwright'
if (!chromium) fail('this comparison runs in a Chromium.')

say('building the benchmark …')
for (const mode of needsBrowser ? ['page', 'node'] : ['node']) {
  const build = [
    tool('vite/bin/vite.js'),
    'build',
    '-c',
    'e2e/bench/vite.config.ts',
    '--mode',
    mode,
    '--logLevel',
    'error',
  ]
  const log = spawnSync(process.execPath, build, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (log.status !== 0) {
    console.error(log.stdout + log.stderr)
    fail('the benchmark could not be built; the lines above say where.')
  }
}

process.exit(
  await run(process.execPath, [join(root, 'out/bench/node/main.js'), ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: { ...process.env, ...(chromium === 'playwright' ? {} : { GRADUS_CHROMIUM: chromium }) },
  }),
)
