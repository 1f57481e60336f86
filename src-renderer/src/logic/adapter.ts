import type { Run } from '@shared/contract/schemas.ts'
import type { BackendDescription } from '@engine/worker/protocol.ts'

/** What the training runs on, short enough for a chip: "GPU: apple metal-3", "CPU, 2 threads", "SwiftShader (software GPU)". */
export function adapterLabel({ kind, adapter, fallback, threads }: BackendDescription): string {
  if (kind === 'cpu') return threads === undefined ? 'CPU' : `CPU, ${threads === 1 ? '1 thread' : `${threads} threads`}`
  const soft = /swiftshader|llvmpipe|basic render/i.exec(adapter)?.[0]
  if (soft || fallback) return `${/swiftshader/i.test(adapter) ? 'SwiftShader' : (soft ?? adapter)} (software GPU)`
  const name = adapter.trim()
  return name === '' ? 'GPU' : `GPU: ${name.length > 40 ? `${name.slice(0, 39)}…` : name}`
}

/** What a run was trained on, in full. */
export const hardwareText = (backend: NonNullable<Run['backend']>): string =>
  `${backend.kind === 'cpu' ? 'Processor' : 'WebGPU'}: ${backend.adapter}`
