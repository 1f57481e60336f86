import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { direct, tileName, tuningFor } from '../tuning.ts'
import { openWebGpu } from '../webgpu-backend.ts'
import { autotune } from './autotune.ts'
import { shapeClasses } from './candidates.ts'
import { checkTile } from './gate.ts'
import type { Tunable, TuningStore } from './tunable.ts'

let backend: Tunable
beforeAll(async () => {
  backend = await openWebGpu(tuningFor(true))
})
afterAll(() => backend.destroy())

/** The same device said to be a graphics card; tiles in workgroup memory would take seconds each to compile. */
const asCard = (given: Partial<Tunable> = {}): Tunable =>
  Object.assign(Object.create(backend) as Tunable, {
    info: { ...backend.info, fallback: false },
    // No workgroup memory: tiles in it take seconds each to compile here.
    ...given,
  })
const limits = (bytes: number, threads = 256) => ({
  maxComputeWorkgroupStorageSize: bytes,
  maxComputeInvocationsPerWorkgroup: threads,
})
/** The classes of a card, with little work in each, by tiles that compile quickly. */
const [QUICK, OTHER] = [direct(4, 1, 4, 2), direct(4, 1, 2, 2)]
const classes = shapeClasses(limits(32_768)).map((one) => ({
  ...one,
  size: { m: 32, n: 64, k: 16 },
  tiles: [QUICK, OTHER],
}))

function memoryStore(): TuningStore & { saved: Map<string, string> } {
  const saved = new Map<string, string>()
  return { saved, load: async (key) => saved.get(key) ?? null, save: async (key, text) => void saved.set(key, text) }
}

const options = (store: TuningStore | null = null) => ({
  ...{ store, classes },
  environment: 'test 1',
  now: () => performance.now(),
})

describe('checkTile', () => {
  it('passes a right kernel, and leaves the tuning alone', async () => {
    const before = backend.tuning
    const check = await checkTile(backend, QUICK)
    expect(check).toMatchObject({ variant: tileName(QUICK), passed: true })
    expect(check.maxError).toBeGreaterThan(0)
    expect(backend.tuning).toBe(before)
  })

  it('fails one whose numbers are a little off', async () => {
    const off = asCard({
      async read(tensor) {
        const data = await backend.read(tensor)
        data[data.length - 1]! *= 1.01
        return data
      },
    })
    expect(await checkTile(off, QUICK, true)).toMatchObject({ passed: false })
  })

  it('fails one that leaves what stood there before', async () => {
    const idle = asCard({ run: () => {} })
    expect(await checkTile(idle, QUICK, true)).toMatchObject({ passed: false })
  })

  it('tells why a kernel can not be run, and the device goes on', async () => {
    const check = await checkTile(backend, direct(4, 1, 64, 64), true)
    expect(check).toMatchObject({ passed: false, maxError: null, problem: expect.stringMatching(/workgroup/i) })
    expect(await checkTile(backend, QUICK, true)).toMatchObject({ passed: true })
  })
})

describe('autotune', () => {
  it('checks a software adapter, times nothing, and remembers that', async () => {
    const store = memoryStore()
    const report = await autotune(backend, options(store))
    expect(report).toMatchObject({ origin: 'shipped', checks: [{ passed: true }] })
    expect(report.choices.flatMap(({ timings }) => timings)).toEqual([])
    expect(await autotune(backend, options(store))).toMatchObject({ origin: 'cached', choices: report.choices })
  })

  it('times the tiles of a card, takes the fastest of each class, and takes them from the store later', async () => {
    const [store, card] = [memoryStore(), asCard()]
    card.adopt({ ...tuningFor(false) })
    const report = await autotune(card, options(store))
    expect(report.origin).toBe('measured')
    for (const { variant, timings } of report.choices) {
      const known = timings.filter(({ ms }) => ms !== null)
      const fastest = known.reduce((best, one) => (one.ms! < best.ms! ? one : best))
      expect(variant).toBe(fastest.variant)
      expect(report.checks.find((check) => check.variant === variant)).toMatchObject({ passed: true })
    }
    expect(tileName(card.tuning.tile)).toBe(report.choices[0]!.variant)
    const again = asCard()
    expect(await autotune(again, options(store))).toMatchObject({ origin: 'cached', choices: report.choices })
    expect(again.tuning.tile).toEqual(card.tuning.tile)
    expect(store.saved.size).toBe(1)
    expect([...store.saved.keys()][0]).toContain('test 1')
  })

  it('passes over a tile that gives wrong numbers', async () => {
    const card = asCard()
    card.adopt({ ...tuningFor(false) })
    card.read = async (tensor, ...rest) => {
      const data = await backend.read(tensor, ...rest)
      return card.tuning.tile === QUICK ? data.fill(0) : data
    }
    // A clock that stands still: all are timed, and the first counts as no slower than the others.
    const report = await autotune(card, { ...options(), now: () => 0 })
    expect(report.checks.map(({ variant, passed }) => [variant, passed])).toContainEqual([tileName(QUICK), false])
    expect(report.choices[0]!.variant).not.toBe(tileName(QUICK))
  })

  it('ignores what it can not read', async () => {
    const store: TuningStore = {
      load: async () => '{"version":1,"report":{}}',
      save: () => Promise.reject(new Error('full')),
    }
    expect(await autotune(backend, options(store))).toMatchObject({ origin: 'shipped' })
  })
})

describe('shapeClasses', () => {
  it('leaves out what the device has no room for', () => {
    const kinds = (bytes: number, threads?: number) =>
      shapeClasses(limits(bytes, threads)).map(({ tiles }) => tiles.length)
    expect(kinds(32_768)).toEqual([7, 3])
    expect(kinds(0)).toEqual([2, 1])
    expect(kinds(32_768, 128)).toEqual([4, 3])
  })
})
