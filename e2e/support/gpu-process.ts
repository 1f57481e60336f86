import { readdirSync, readFileSync } from 'node:fs'

const read = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // it has ended meanwhile
  }
}

/** The parent's id: the second field after the command's name, which may hold spaces and parentheses itself. */
const parentOf = (pid: string): string => read(pid, 'stat').replace(/^.*\)/s, '').trim().split(' ')[1] ?? '0'

function isDescendant(pid: string): boolean {
  for (let parent = parentOf(pid); Number(parent) > 1; parent = parentOf(parent)) {
    if (parent === `${process.pid}`) return true
  }
  return false
}

/** The GPU processes of the browsers that this worker has opened. */
export const gpuProcesses = (): string[] =>
  readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && read(pid, 'cmdline').includes('--type=gpu-process') && isDescendant(pid),
  )

/** Kills the GPU process that is none of `others`, as a crash of its driver would. False where there is none. */
export function killGpuProcess(others: readonly string[]): boolean {
  const found = gpuProcesses().find((pid) => !others.includes(pid))
  if (found === undefined) return false
  process.kill(Number(found), 'SIGKILL')
  return true
}
