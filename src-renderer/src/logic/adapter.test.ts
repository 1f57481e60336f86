import { expect, it } from 'vitest'
import { adapterLabel } from './adapter.ts'

it.each([
  [{ kind: 'cpu', adapter: 'WebAssembly', fallback: false }, 'CPU'],
  [{ kind: 'webgpu', adapter: 'google swiftshader SwiftShader Device', fallback: true }, 'SwiftShader (software GPU)'],
  [{ kind: 'webgpu', adapter: 'Mesa llvmpipe', fallback: false }, 'llvmpipe (software GPU)'],
  [{ kind: 'webgpu', adapter: 'apple metal-3', fallback: false }, 'GPU: apple metal-3'],
  [{ kind: 'webgpu', adapter: '', fallback: false }, 'GPU'],
] as const)('%j', (backend, label) => expect(adapterLabel(backend)).toBe(label))

it('cuts a long name', () => {
  const label = adapterLabel({ kind: 'webgpu', adapter: 'x'.repeat(90), fallback: false })
  expect(label).toHaveLength('GPU: '.length + 40)
})
