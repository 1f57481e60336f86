import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { shareWebGpu } from '../../../../../src-main/headless/testing/devices.ts'
import type { InspectableBackend } from '../../profile/profile.ts'
import { gpuLost } from '../errors.ts'
import { direct, PLAIN, tileName, tuningFor, type Tile } from '../tuning.ts'
import { autotune } from './autotune.ts'
import { openTunedWebGpu } from './open.ts'
import { REPORT_VERSION } from './report.ts'
import { shapeClasses } from './candidates.ts'
import { checkTile } from './gate.ts'
import type { Tunable, TuningStore } from './tunable.ts'

let backend: Tunable
beforeAll(async () => {
  backend = await shareWebGpu(tuningFor(true))
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
const [QUICK, OTHER] = [direct(4, 1, 8, 1), direct(4, 1, 2, 2)]
const BRIEF = { brief: true }
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
    expect(await checkTile(off, QUICK, BRIEF)).toMatchObject({ passed: false })
  })

  it('fails one that leaves what stood there before', async () => {
    const idle = asCard({ run: () => {} })
    expect(await checkTile(idle, QUICK, BRIEF)).toMatchObject({ passed: false })
  })

  it('tells why a kernel can not be run, and the device goes on', async () => {
    const check = await checkTile(backend, direct(4, 1, 64, 64), BRIEF)
    expect(check).toMatchObject({ passed: false, maxError: null, problem: expect.stringMatching(/workgroup/i) })
    expect(await checkTile(backend, QUICK, BRIEF)).toMatchObject({ passed: true })
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

  /** A card on which these tiles give zeros. */
  const wrongAt = (...tiles: Tile[]) => {
    const card = asCard()
    card.adopt({ ...tuningFor(false) })
    card.read = async (tensor, ...rest) => {
      const data = await backend.read(tensor, ...rest)
      return tiles.includes(card.tuning.tile) ? data.fill(0) : data
    }
    return card
  }
  // A clock that stands still: all are timed, and the first counts as no slower than the others.
  const still = { now: () => 0 }

  it('passes over a tile that gives wrong numbers', async () => {
    const report = await autotune(wrongAt(QUICK), { ...options(), ...still })
    expect(report.checks.map(({ variant, passed }) => [variant, passed])).toContainEqual([tileName(QUICK), false])
    expect(report.choices[0]!.variant).toBe(tileName(OTHER))
  })

  it('takes the plainest kernel where every other is wrong, and again from the store', async () => {
    const [store, card] = [memoryStore(), wrongAt(QUICK, OTHER)]
    const report = await autotune(card, { ...options(store), ...still })
    expect(report.choices.map(({ variant }) => variant)).toEqual([tileName(PLAIN), tileName(PLAIN)])
    expect(card.tuning).toMatchObject({ tile: PLAIN, smallTiles: [PLAIN] })
    const again = asCard()
    expect(await autotune(again, options(store))).toMatchObject({ origin: 'cached' })
    expect(again.tuning.tile).toEqual(PLAIN)
  })

  it.each([
    ['a card', () => wrongAt(QUICK, OTHER, PLAIN)],
    ['a software adapter', () => asCard({ info: backend.info, read: async (x) => new Float32Array(x.length) })],
  ])('where not even that is right, %s is refused in plain words, and nothing is remembered', async (_name, open) => {
    const store = memoryStore()
    const refused = autotune(open(), options(store))
    await expect(refused).rejects.toMatchObject({
      code: 'no_gpu',
      message: expect.stringMatching(
        /^The graphics device is not used, because not even its plainest matrix product is right/,
      ),
    })
    expect(store.saved.size).toBe(0)
  })

  it('gives up 16-bit floats where kernels with them are wrong, also from the store', async () => {
    const store = memoryStore()
    // The device here has none: such kernels do not compile.
    const card = asCard({ info: { ...backend.info, fallback: false, f16: true } })
    card.adopt({ ...tuningFor(false) })
    const report = await autotune(card, { ...options(store), careful: true })
    expect(report.f16).toBe(false)
    expect(report.checks.at(-1)).toMatchObject({ variant: expect.stringContaining('16-bit floats'), passed: false })
    expect(card.info.f16).toBe(false)
    const again = asCard({ info: { ...backend.info, fallback: false, f16: true } })
    await autotune(again, options(store))
    expect(again.info.f16).toBe(false)
  })

  it('only checks, in their order, where it is to be careful', async () => {
    const card = asCard()
    card.adopt({ ...tuningFor(false) })
    const report = await autotune(card, { ...options(), careful: true })
    expect(report).toMatchObject({ origin: 'shipped', because: expect.stringContaining('lost') })
    expect(report.choices.map(({ variant }) => variant)).toEqual([tileName(QUICK), tileName(QUICK)])
    expect(report.choices.flatMap(({ timings }) => timings.map(({ ms }) => ms))).toEqual([null, null, null, null])
  })

  it('says nothing of a kernel whose device was lost meanwhile', async () => {
    const store = memoryStore()
    const lost = () => Promise.reject(gpuLost({ reason: 'unknown', message: '' }))
    const card = asCard({ record: lost })
    await expect(autotune(card, options(store))).rejects.toMatchObject({ code: 'gpu_lost' })
    // Also where it happens as they are timed.
    const slow = asCard({
      allocate: (category, specs) => (specs[0]!.shape.length === 1 ? lost() : backend.allocate(category, specs)),
    })
    await expect(autotune(slow, options(store))).rejects.toMatchObject({ code: 'gpu_lost' })
    expect(store.saved.size).toBe(0)
  })

  it('ignores what it can not read', async () => {
    const store: TuningStore = {
      load: async () => JSON.stringify({ version: REPORT_VERSION, report: {} }),
      save: () => Promise.reject(new Error('full')),
    }
    expect(await autotune(backend, options(store))).toMatchObject({ origin: 'shipped' })
  })
})

describe('openTunedWebGpu', () => {
  /** Devices of which the first `losses` are lost at the first program. */
  const opener = (losses: number) => {
    let opened = 0
    const destroy = vi.fn()
    const open = async () => {
      opened++
      const lost = () => Promise.reject(gpuLost({ reason: 'unknown', message: '' }))
      const device = asCard({ info: backend.info, destroy, ...(opened <= losses && { record: lost }) })
      return device as Tunable & InspectableBackend
    }
    return { open, destroy, opened: () => opened }
  }

  it('opens a device once more that was lost as its kernels were tried', async () => {
    const once = opener(1)
    expect(await openTunedWebGpu(memoryStore(), 1, once.open)).toBeDefined()
    expect([once.opened(), once.destroy.mock.calls.length]).toEqual([2, 1])
  })

  it('does without one that is lost again', async () => {
    const twice = opener(2)
    const refused = openTunedWebGpu(memoryStore(), 1, twice.open)
    await expect(refused).rejects.toMatchObject({
      code: 'no_gpu',
      details: { reason: expect.stringContaining('lost twice') },
    })
    expect(twice.destroy).toHaveBeenCalledTimes(2)
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
