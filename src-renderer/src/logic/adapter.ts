import type { BackendDescription } from '@engine/worker/protocol.ts'

/** What the training runs on, short enough for a chip: "SwiftShader (software GPU)", "CPU", "apple metal-3". */
export function adapterLabel({ kind, adapter, fallback }: BackendDescription): string {
  if (kind === 'cpu') return 'CPU'
  const soft = /swiftshader|llvmpipe|basic render/i.exec(adapter)?.[0]
  if (soft || fallback) return `${/swiftshader/i.test(adapter) ? 'SwiftShader' : (soft ?? adapter)} (software GPU)`
  const name = adapter.trim()
  return name === '' ? 'GPU' : `GPU: ${name.length > 40 ? `${name.slice(0, 39)}…` : name}`
}
