import { describe, expect, test, vi } from 'vitest'
import { AppError } from '@shared/contract/errors.ts'
import type { InspectableBackend } from '@engine/profile/profile.ts'
import { chooseBackend, openChosen, type BackendOpeners } from './choose-backend.ts'
import type { BackendDescription } from './protocol.ts'

const card = { kind: 'webgpu', adapter: 'apple metal-3', fallback: false } as const
const software = { kind: 'webgpu', adapter: 'google swiftshader', fallback: true } as const

describe('chooseBackend', () => {
  test.each([
    ['auto', card, 'webgpu', /graphics card of this machine: apple metal-3/],
    ['auto', software, 'cpu', /only google swiftshader, a software adapter/],
    ['auto', null, 'cpu', /No graphics card/],
    ['webgpu', card, 'webgpu', /^You chose WebGPU\.$/],
    ['webgpu', software, 'webgpu', /google swiftshader, a software adapter/],
    ['webgpu', null, 'webgpu', /^You chose WebGPU\.$/],
    ['cpu', card, 'cpu', /^You chose the processor\.$/],
    ['cpu', null, 'cpu', /^You chose the processor\.$/],
  ] as const)('%s with %o: %s', (wanted, adapter, kind, reason) => {
    expect(chooseBackend(wanted, adapter)).toEqual({
      kind,
      cause: wanted === 'auto' ? (kind === 'cpu' ? 'no graphics card' : 'automatic') : 'your choice',
      reason: expect.stringMatching(reason),
    })
  })
})

const backend = (info: BackendDescription) => ({ info }) as InspectableBackend
const cpu = (threads: number): BackendDescription => ({ kind: 'cpu', adapter: 'WebAssembly', fallback: false, threads })

function openers(adapter: BackendDescription | null, webgpu?: () => Promise<InspectableBackend>) {
  return {
    adapter: vi.fn(async () => adapter),
    webgpu: vi.fn(webgpu ?? (async () => backend(adapter ?? card))),
    cpu: vi.fn(async (threads: number) => backend(cpu(threads))),
  } satisfies BackendOpeners
}

describe('openChosen', () => {
  test('never opens WebGPU for a software adapter unless asked to', async () => {
    const open = openers(software)
    const { backend, reason } = await openChosen({ backend: 'auto', threads: 2 }, open)
    expect(backend.info).toEqual(cpu(2))
    expect(reason).toContain('a software adapter')
    expect(open.webgpu).not.toHaveBeenCalled()
    expect((await openChosen({ backend: 'webgpu', threads: 2 }, open)).backend.info).toEqual(software)
  })

  test('asks no adapter where the processor is wanted', async () => {
    const open = openers(card)
    await openChosen({ backend: 'cpu', threads: 3 }, open)
    expect(open.adapter).not.toHaveBeenCalled()
    expect(open.cpu).toHaveBeenCalledWith(3)
  })

  test('takes the processor where a card refuses, and says so; not where WebGPU was asked for', async () => {
    const refused = new AppError({ code: 'no_gpu', message: 'No.', details: { reason: 'driver too old' } })
    const open = openers(card, () => Promise.reject(refused))
    const { backend, reason } = await openChosen({ backend: 'auto', threads: 1 }, open)
    expect(backend.info.kind).toBe('cpu')
    expect(reason).toBe(
      'The graphics card apple metal-3 could not be used (driver too old), so the processor does the work.',
    )
    await expect(openChosen({ backend: 'webgpu', threads: 1 }, open)).rejects.toBe(refused)
  })

  test('a fault of another kind is not passed over', async () => {
    const fault = new AppError({ code: 'internal', message: 'Broken.' })
    const open = openers(card, () => Promise.reject(fault))
    await expect(openChosen({ backend: 'auto', threads: 1 }, open)).rejects.toBe(fault)
  })
})
