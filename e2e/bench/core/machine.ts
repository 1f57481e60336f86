import { cpus, freemem, platform, release, totalmem } from 'node:os'

/** What the figures were measured on. */
export interface Machine {
  cpu: string
  /** Logical cores. */
  cores: number
  memoryBytes: number
  os: string
  node: string
}

export function describeMachine(): Machine {
  const list = cpus()
  return {
    cpu: list[0]?.model.trim() ?? 'unknown',
    cores: list.length,
    memoryBytes: totalmem(),
    os: `${platform()} ${release()}`,
    node: process.version,
  }
}

export const freeBytes = () => freemem()

export function machineLine({ cpu, cores, memoryBytes, os, node }: Machine): string {
  return `${cpu}, ${cores} logical cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, ${os}, Node ${node}`
}
