// npm test: everything, from a bare clone. Each suite ends with one line "name: N passed, N failed".
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureChromium } from './chromium.mjs'
import { ensureLavapipe } from './lavapipe.mjs'
import { ensureBuild, ensureDependencies, fail, requireNode, root, say, tool } from './prepare.mjs'

const started = Date.now()
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(0)} s`

requireNode()
await ensureDependencies()
const chromium = await ensureChromium()
if (!chromium) fail('the kernel and end-to-end tests need a Chromium.')
ensureLavapipe()
await ensureBuild()

const reports = mkdtempSync(join(tmpdir(), 'gradus-test-'))
const env = {
  ...process.env,
  FORCE_COLOR: '0',
  ...(chromium === 'playwright' ? {} : { GRADUS_CHROMIUM: chromium }),
  PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, 'e2e.json'),
}

/** Runs one tool, its output kept together until it ends so that parallel checks stay readable. */
function capture(args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: root, env })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => done({ ok: code === 0, output: output.trim() }))
  })
}

const results = []
/** `count` reads { passed, failed, skipped } from the tool's report; a static check counts as one test. */
async function suite(name, args, count = null) {
  const since = Date.now()
  const { ok, output } = await capture(args)
  let counts = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }
  if (count) {
    try {
      counts = count()
    } catch {
      counts = { passed: 0, failed: 1, skipped: 0 }
    }
    // A suite whose tool failed without a failing test (a crash, nothing collected) still failed.
    if (!ok && counts.failed === 0) counts.failed = 1
  }
  const failed = counts.failed > 0 || counts.passed === 0
  if (failed) console.log(output)
  const skipped = counts.skipped ? `, ${counts.skipped} skipped` : ''
  say(`${name} took ${seconds(since)}`)
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed${skipped}`)
  results.push(!failed)
}

const readReport = (file) => JSON.parse(readFileSync(join(reports, file), 'utf8'))
const vitestCounts = (file) => () => {
  const report = readReport(file)
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests }
}
const playwrightCounts = () => {
  const { stats } = readReport('e2e.json')
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }
}
/** Vitest leaves a core unused unless told otherwise; kernels on a software adapter already use more than one each. */
const vitest = (name, workers, projects = [name]) => [
  tool('vitest/vitest.mjs'),
  'run',
  ...projects.flatMap((project) => ['--project', project]),
  `--maxWorkers=${workers}`,
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${join(reports, `${name}.json`)}`,
]

// The static checks, each busy on about one core: two at a time, the longest first.
const checks = [
  ['typecheck-web', [tool('vue-tsc/bin/vue-tsc.js'), '-p', 'tsconfig.web.json', '--noEmit']],
  ['eslint', [tool('eslint/bin/eslint.js'), '.', '--max-warnings', '0']],
  ['typecheck-node', [tool('typescript/bin/tsc'), '-p', 'tsconfig.node.json', '--noEmit']],
  ['prettier', [tool('prettier/bin/prettier.cjs'), '--check', '.', '--log-level', 'warn']],
  ['knip', [tool('knip/bin/knip.js')]],
]
const lane = async () => {
  while (checks.length > 0) await suite(...checks.shift())
}
await Promise.all([lane(), lane()])
await suite('unit', vitest('unit', '100%', ['unit', 'mocking']), vitestCounts('unit.json'))
await suite('kernel', vitest('kernel', 2), vitestCounts('kernel.json'))
await suite('e2e', [tool('@playwright/test/cli.js'), 'test', '--reporter=list,json'], playwrightCounts)

rmSync(reports, { recursive: true, force: true })
say(`all suites took ${seconds(started)}`)
const failures = results.filter((ok) => !ok).length
if (failures > 0) fail(`${failures} of ${results.length} suites failed.`)
