import type { BackendDescription } from '../worker/protocol.ts'
import { noGpu } from './errors.ts'

export interface OpenDevice {
  device: GPUDevice
  info: BackendDescription
}

/** Limits of which more is better; a device gets what its adapter has. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupStorageSize',
] as const

/** Opens the fastest adapter with the limits it has. @throws AppError 'no_gpu' */
export async function openDevice(): Promise<OpenDevice> {
  // `navigator` itself is missing in Node 20.
  const gpu = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu
  if (!gpu) throw noGpu('WebGPU is not offered here.')
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null)
  if (!adapter) throw noGpu('No adapter answered.')
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]))
  try {
    return { device: await adapter.requestDevice({ requiredLimits }), info: describe(adapter) }
  } catch (error) {
    throw noGpu(error instanceof Error ? error.message : String(error))
  }
}

function describe(adapter: GPUAdapter): BackendDescription {
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info
  const words = [vendor, architecture, description].filter(Boolean)
  // Some browsers don't own up to a software adapter.
  const fallback = isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i.test(words.join(' '))
  return { kind: 'webgpu', adapter: words.join(' ') || 'unknown adapter', fallback }
}
