import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

/** What counting needs of the system; each rejects where the system has no such thing. */
export interface CpuProbe {
  platform: NodeJS.Platform
  /** Logical processors that this process may use. */
  logical: number
  /** Linux: for each logical processor, the list of those that share its core. */
  siblings(): Promise<string[]>
  /** Output of a command. */
  run(command: string, args: readonly string[]): Promise<string>
}

const TOPOLOGY = '/sys/devices/system/cpu'

const system = (): CpuProbe => ({
  platform: process.platform,
  logical: availableParallelism(),
  siblings: async () => {
    const cpus = (await readdir(TOPOLOGY)).filter((name) => /^cpu\d+$/.test(name))
    return Promise.all(cpus.map((cpu) => readFile(`${TOPOLOGY}/${cpu}/topology/thread_siblings_list`, 'utf8')))
  },
  run: async (command, args) =>
    (await promisify(execFile)(command, args, { timeout: 10_000, windowsHide: true })).stdout,
})

/** Counts by the system's own means: sysfs, sysctl, or Windows' processor objects. */
async function count({ platform, siblings, run }: CpuProbe): Promise<number> {
  if (platform === 'linux') return new Set((await siblings()).map((list) => list.trim())).size
  if (platform === 'darwin') return Number(await run('sysctl', ['-n', 'hw.physicalcpu']))
  if (platform !== 'win32') throw new Error(`no way to count cores on ${platform}`)
  const script = '(Get-CimInstance Win32_Processor | Measure-Object -Property NumberOfCores -Sum).Sum'
  return Number(await run('powershell', ['-NoProfile', '-Command', script]))
}

/**
 * Physical cores that this process may use, 1 .. the logical ones. Two threads of one core share its arithmetic units, so a second one brings
 * matrix products next to nothing. Where the system doesn't tell, every logical processor counts as a core.
 */
export async function countPhysicalCores(probe: CpuProbe): Promise<number> {
  const found = await count(probe).catch(() => Number.NaN)
  return Number.isInteger(found) && found >= 1 ? Math.min(found, probe.logical) : probe.logical
}

let counted: Promise<number> | undefined
/** The same of this machine, counted once. */
export const physicalCores = (): Promise<number> => (counted ??= countPhysicalCores(system()))
