import { join, resolve } from 'node:path'
import { toErrorData } from '@shared/contract/errors.ts'
import { stopWithoutReader } from '../../src-main/headless/console.ts'
import { helpText, readFlags } from '../../src-main/headless/flags.ts'
import { physicalCores } from '../../src-main/services/physical-cores.ts'
import { alternate } from './core/alternate.ts'
import { Waker } from './core/wake.ts'
import type { Case, CaseResult, Section, Suite } from './core/case.ts'
import { describeMachine, freeBytes, machineLine } from './core/machine.ts'
import { writeReport } from './core/results.ts'
import { caseTable } from './core/table.ts'
import { root } from './node/root.ts'
import { cpu } from './suites/cpu.ts'
import { data } from './suites/data.ts'
import { webgpu } from './suites/webgpu.ts'

const SUITES: Suite[] = [cpu, webgpu, data]

const USAGE = `npm run bench -- SUITE [flags]

Compares this engine with its peers on this machine: they take turns in one run, so that whatever else the machine does falls on all alike.

${SUITES.map(({ name, help }) => `  ${name.padEnd(8)}${help}`).join('\n')}`

const FLAGS = {
  only: { kind: 'text', value: 'IDS', help: 'only these cases, with commas between; --list names them' },
  list: { kind: 'switch', help: 'name the cases and end' },
  rounds: { kind: 'integer', value: 'N', help: 'rounds that count, for every case', min: 1, max: 10_000 },
  threads: { kind: 'integer', value: 'N', help: 'threads of every contender (the physical cores)', min: 1, max: 256 },
  out: { kind: 'text', value: 'FILE', help: 'where to write all samples as JSON (out/bench/SUITE-TIME.json)' },
  node: { kind: 'switch', help: 'webgpu: ours alone in Node, through Dawn, where there is no browser' },
  help: { kind: 'switch', help: 'show this' },
} as const

/** PyTorch's threads spin for some 100 ms before they sleep, and would take that from whoever comes next. */
const SETTLE_MS = 300
/** Measured on a virtual machine: the first 150 ms of a matmul after a rest take 4 % longer, and a quarter of them 8 %. */
const WAKE_MS = 200

async function bench([name, ...args]: string[]): Promise<number> {
  const suite = SUITES.find((one) => one.name === name)
  if (!suite || args.includes('--help')) {
    const wrong = suite || name === undefined || name === '--help' ? '' : `There is no suite "${name}".\n\n`
    process.stdout.write(`${wrong}${helpText(USAGE, FLAGS)}\n`)
    return suite || name === '--help' ? 0 : 1
  }
  const flags = readFlags(FLAGS, args)
  const startedAt = new Date().toISOString()
  const machine = describeMachine()
  const waker = new Waker()
  const open = await suite.open({ threads: flags.threads ?? (await physicalCores()), node: flags.node })
  try {
    const all: (Case | Section)[] = [...open.cases, ...(open.sections ?? [])]
    const chosen = choose(all, flags.only)
    if (flags.list) {
      for (const { id, title } of chosen) console.log(`${id.padEnd(16)}${title}`)
      return 0
    }
    console.log(machineLine(machine))
    console.log(
      `${Object.entries(open.versions)
        .map(([what, version]) => `${what} ${version}`)
        .join(', ')}\n`,
    )
    const results: CaseResult[] = []
    const sections: Record<string, unknown> = {}
    const write = () =>
      writeReport(path, { suite: suite.name, startedAt, machine, versions: open.versions, cases: results, sections })
    const path = flags.out
      ? resolve(flags.out)
      : join(root, `out/bench/${suite.name}-${startedAt.replace(/[:.]/g, '-')}.json`)
    for (const one of chosen) {
      if ('measure' in one) {
        progress(one.id)
        const { lines, data } = await one.measure()
        clearProgress()
        console.log(`${[one.title, ...lines.map((line) => `  ${line}`)].join('\n')}\n`)
        sections[one.id] = data
        write()
        continue
      }
      if (one.needsBytes !== undefined && freeBytes() < one.needsBytes) {
        console.log(`${one.title}\n  left out: needs ${(one.needsBytes / 2 ** 30).toFixed(0)} GiB of free memory\n`)
        continue
      }
      const result = await alternate(one, {
        rounds: flags.rounds ?? one.rounds,
        settleMs: SETTLE_MS,
        wake: () => waker.wake(WAKE_MS),
        say: progress,
      })
      clearProgress()
      console.log(caseTable(one, result))
      results.push(result)
      write()
    }
    if (chosen.length > 0) console.log(`All samples are in ${path}`)
    else console.log('There was no case to run.')
    const bad = ({ disagreements, contenders }: CaseResult) => disagreements.length > 0 || contenders[0]?.missing
    return results.some(bad) ? 1 : 0
  } finally {
    await open.close()
    await waker.close()
  }
}

function choose<T extends { id: string }>(cases: T[], only: string | undefined): T[] {
  if (only === undefined) return cases
  return only.split(',').map((id) => {
    const found = cases.find((one) => one.id === id.trim())
    if (!found) throw new Error(`there is no case "${id}"; there are ${cases.map((one) => one.id).join(', ')}`)
    return found
  })
}

/** A line that the next one takes the place of; nothing where nobody watches. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}

stopWithoutReader([process.stdout, process.stderr])
try {
  process.exit(await bench(process.argv.slice(2)))
} catch (error) {
  const { message, hint } =
    error instanceof Error && error.name === 'Error' ? { message: error.message, hint: '' } : toErrorData(error)
  console.error(`gradus: ${message}${hint ? `\n        ${hint}` : ''}`)
  process.exit(1)
}
