import type { BackendDescription } from '../worker/protocol.ts'
import { findAdapter } from './adapter.ts'
import { noGpu } from './errors.ts'
import { largestBinding } from './memory.ts'

export interface OpenDevice {
  device: GPUDevice
  info: BackendDescription
  adapterInfo: GPUAdapterInfo
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

/** Features that are used where they are there. */
const FEATURES = ['timestamp-query', 'shader-f16', 'subgroups'] as const

/**
 * Opens the fastest adapter with the limits it has.
 * @param most bytes of one binding, for tests: no more than this is used, whatever the adapter allows
 * @throws AppError 'no_gpu'
 */
export async function openDevice(most = Infinity): Promise<OpenDevice> {
  const found = await findAdapter()
  if (!found) throw noGpu('No adapter answered.')
  const { adapter, info } = found
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]))
  const requiredFeatures = FEATURES.filter((name) => adapter.features.has(name))
  try {
    const device = await adapter.requestDevice({ requiredLimits, requiredFeatures })
    const largest = Math.min(most, largestBinding(device.limits))
    return { device, info: { ...info, largestBinding: largest }, adapterInfo: adapter.info }
  } catch (error) {
    throw noGpu(error instanceof Error ? error.message : String(error))
  }
}
