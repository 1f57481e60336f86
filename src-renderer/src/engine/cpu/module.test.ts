import { afterEach, describe, expect, it, vi } from 'vitest'
import { allowRelaxedSimd } from '../../../../src-main/headless/cpu-node.ts'
import { openCpu } from './cpu-backend.ts'
import { loadKernels } from './module.ts'

/** An engine of WebAssembly that refuses the first builds that it is shown. */
const refusing = (builds: number) => {
  const validate = vi.spyOn(WebAssembly, 'validate')
  for (let i = 0; i < builds; i++) validate.mockReturnValueOnce(false)
}

describe('the build of the kernels', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it('is the best that WebAssembly accepts here', async () => {
    allowRelaxedSimd()
    expect(await loadKernels()).toMatchObject({ label: 'relaxed SIMD', threads: true })
    refusing(1)
    expect(await loadKernels()).toMatchObject({ label: 'SIMD', threads: true })
    refusing(2)
    expect(await loadKernels()).toMatchObject({ label: 'SIMD', threads: false })
  })

  it('is said to be missing where none is accepted', async () => {
    refusing(3)
    await expect(loadKernels()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('no 128-bit SIMD'),
    })
  })

  it.each([
    ['the page is not isolated', () => vi.stubGlobal('crossOriginIsolated', false)],
    ['there is no shared memory', () => vi.stubGlobal('SharedArrayBuffer', undefined)],
  ])('has one thread where %s, however many are asked for', async (_, stub) => {
    stub()
    const spawn = vi.fn(() => Promise.reject(new Error('no thread may be started')))
    const backend = await openCpu({ spawn, threads: 4 })
    expect(backend.info).toMatchObject({ adapter: 'WebAssembly SIMD, 1 thread', threads: 1 })
    expect(spawn).not.toHaveBeenCalled()
    const tensors = await backend.allocate('workspace', [{ name: 'x', shape: [5] }])
    backend.run(await backend.record('fill', (ops) => ops.fill({ out: tensors.get('x'), value: 3 })))
    expect(await backend.read(tensors.get('x'))).toEqual(Float32Array.of(3, 3, 3, 3, 3))
    backend.destroy()
  })
})
