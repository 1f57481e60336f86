import { expect, it } from 'vitest'
import { adapterLabel, hardwareText } from './adapter.ts'

it.each([
  [{ kind: 'cpu', adapter: 'WebAssembly', fallback: false }, 'CPU'],
  [{ kind: 'cpu', adapter: 'WebAssembly', fallback: false, threads: 7 }, 'CPU, 7 threads'],
  [{ kind: 'cpu', adapter: 'WebAssembly', fallback: false, threads: 1 }, 'CPU, 1 thread'],
  [{ kind: 'webgpu', adapter: 'google swiftshader SwiftShader Device', fallback: true }, 'SwiftShader (software GPU)'],
  [{ kind: 'webgpu', adapter: 'Mesa llvmpipe', fallback: false }, 'llvmpipe (software GPU)'],
  [{ kind: 'webgpu', adapter: 'apple metal-3', fallback: false }, 'GPU: apple metal-3'],
  [{ kind: 'webgpu', adapter: '', fallback: false }, 'GPU'],
] as const)('%j', (backend, label) => expect(adapterLabel(backend)).toBe(label))

it('cuts a long name', () => {
  const label = adapterLabel({ kind: 'webgpu', adapter: 'x'.repeat(90), fallback: false })
  expect(label).toHaveLength('GPU: '.length + 40)
})

it('says in full what a run was trained on', () => {
  expect(hardwareText({ kind: 'cpu', adapter: 'WebAssembly, relaxed SIMD, 2 threads', threads: 2 })).toBe(
    'Processor: WebAssembly, relaxed SIMD, 2 threads',
  )
  expect(hardwareText({ kind: 'webgpu', adapter: 'apple metal-3' })).toBe('WebGPU: apple metal-3')
})
