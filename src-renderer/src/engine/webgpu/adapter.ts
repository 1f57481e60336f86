import type { BackendDescription } from '../worker/protocol.ts'
import { quirksOf } from './quirks.ts'

/** A WebGPU adapter, with what it says of itself. Nothing is open on it yet. */
export interface FoundAdapter {
  adapter: GPUAdapter
  info: BackendDescription
}

/** The machine's fastest adapter; null where WebGPU is missing or has none. */
export async function findAdapter(): Promise<FoundAdapter | null> {
  // `navigator` itself is missing in Node 20.
  const gpu = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null)
  return adapter
    ? {
        adapter,
        info: {
          ...describe(adapter.info),
          f16: adapter.features.has('shader-f16') && quirksOf(adapter.info).switches.f16 !== false,
        },
      }
    : null
}

/** Names under which software adapters go: SwiftShader, Mesa's llvmpipe, lavapipe and softpipe, and Windows' WARP. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i

/** What an adapter is. Some browsers don't own up to a software adapter, so its name tells as well as its flag. */
export function describe(info: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'description' | 'isFallbackAdapter'>) {
  const { vendor, architecture, description, isFallbackAdapter } = info
  const name = [vendor, architecture, description].filter(Boolean).join(' ')
  const fallback = isFallbackAdapter === true || SOFTWARE.test(name)
  return { kind: 'webgpu', adapter: name || 'unknown adapter', fallback } satisfies BackendDescription
}
