import { afterEach, expect, test, vi } from 'vitest'
import { describe as describeAdapter, findAdapter } from './adapter.ts'

const info = { vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false }

afterEach(() => vi.unstubAllGlobals())

test.each([
  [{ ...info, vendor: 'google', architecture: 'swiftshader' }, true],
  [{ ...info, vendor: 'mesa', description: 'llvmpipe (LLVM 17, 256 bits)' }, true],
  [{ ...info, description: 'Microsoft Basic Render Driver' }, true],
  [{ ...info, vendor: 'microsoft', architecture: 'warp' }, true],
  [{ ...info, vendor: 'someone', isFallbackAdapter: true }, true],
  [{ ...info, vendor: 'apple', architecture: 'metal-3' }, false],
  [{ ...info, vendor: 'nvidia', architecture: 'ampere', description: 'RTX 3060' }, false],
])('%o is software: %s', (given, software) => {
  expect(describeAdapter(given).fallback).toBe(software)
})

test('joins what the adapter says, and names one that says nothing', () => {
  const words = { ...info, vendor: 'nvidia', architecture: 'ampere', description: 'RTX 3060' }
  expect(describeAdapter(words).adapter).toBe('nvidia ampere RTX 3060')
  expect(describeAdapter(info).adapter).toBe('unknown adapter')
})

test('finds nothing without WebGPU, without an adapter, and where asking fails', async () => {
  vi.stubGlobal('navigator', undefined)
  expect(await findAdapter()).toBeNull()
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => null } })
  expect(await findAdapter()).toBeNull()
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.reject(new Error('blocked')) } })
  expect(await findAdapter()).toBeNull()
})

test('opens no device to learn what an adapter is', async () => {
  const requestDevice = vi.fn()
  const adapter = { info: { ...info, vendor: 'apple' }, features: new Set(['shader-f16']), requestDevice }
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => adapter } })
  expect((await findAdapter())?.info).toEqual({ kind: 'webgpu', adapter: 'apple', fallback: false, f16: true })
  expect(requestDevice).not.toHaveBeenCalled()
})
