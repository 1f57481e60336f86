import { quirksOf } from '../quirks.ts'
import { isLost, unusable } from '../errors.ts'
import { PLAIN, plain, tileName, withoutSubgroups, type Tile, type Tuning } from '../tuning.ts'
import { shapeClasses, type ShapeClass } from './candidates.ts'
import { checkTile } from './gate.ts'
import { REPORT_VERSION, type TuningReport, type VariantCheck, type VariantChoice } from './report.ts'
import { timeTile } from './time.ts'
import type { Tunable, TuningStore } from './tunable.ts'

/** What a first use may take for the timings; checks come on top. */
const BUDGET_MS = 1500

export interface AutotuneOptions {
  store: TuningStore | null
  /** Whatever else a choice depends on, such as the browser's version. */
  environment: string
  now(): number
  /** What is timed; by the device's limits when absent. */
  classes?: readonly ShapeClass[]
  /** Times nothing and only checks, where timing lost the device before. */
  careful?: boolean
}

/**
 * Chooses the kernels of a backend just opened: those of a software adapter are known; a graphics card's are timed at first use, and taken from the
 * store later. None is used before it gave the numbers it should on this very device. The backend keeps the choice and the report.
 * @throws AppError 'no_gpu' where not even the plainest kernel does, 'gpu_lost'
 */
export async function autotune(backend: Tunable, options: AutotuneOptions): Promise<TuningReport> {
  const { vendor, architecture, device, description } = backend.adapter
  const key = [vendor, architecture, device, description, options.environment].filter(Boolean).join(' | ')
  const { tuning, report } = await choose(backend, key, options)
  backend.adopt(tuning, report)
  return report
}

interface Chosen {
  tuning: Tuning
  report: TuningReport
}

async function choose(backend: Tunable, key: string, options: AutotuneOptions): Promise<Chosen> {
  const { classes = shapeClasses(backend.limits) } = options
  const stored = parse(await options.store?.load(key).catch(() => null))
  if (stored) {
    const tuning = restore(backend, classes, stored.choices)
    if (tuning)
      return {
        tuning,
        report: { ...stored, origin: 'cached', because: 'They were timed and checked before on this adapter.' },
      }
  }
  const chosen = backend.info.fallback
    ? await known(backend, options.store !== null)
    : await timed(backend, classes, options)
  if (chosen.report.checks.length > 0) await checkHalf(backend, chosen)
  // A choice that can't be kept is made again next time.
  await options.store?.save(key, JSON.stringify({ version: REPORT_VERSION, report: chosen.report })).catch(() => {})
  return chosen
}

/** A software adapter's kernels: known from the bench, and only checked, which takes seconds; so never where it could not be remembered. */
async function known(backend: Tunable, check: boolean): Promise<Chosen> {
  const { quirks } = quirksOf(backend.adapter)
  const because = 'A software adapter is not timed: which kernels suit it is known.'
  const checks: VariantCheck[] = []
  let tuning: Tuning | undefined = backend.tuning
  for (const candidate of check ? [tuning, withoutSubgroups(tuning), plain(tuning)] : []) {
    const smallest = smallestOf(candidate)
    if (checks.some(({ variant }) => variant === tileName(smallest))) continue
    checks.push(await checkTile(backend, smallest, { brief: true }))
    tuning = checks.at(-1)!.passed ? candidate : undefined
    if (tuning) break
  }
  if (!tuning) throw wrongNumbers(checks)
  return { tuning, report: { origin: 'shipped', because, choices: knownChoices(tuning), checks, quirks } }
}

const smallestOf = ({ tile, smallTiles }: Tuning) => smallTiles.at(-1) ?? tile

const knownChoices = ({ tile, smallTiles }: Tuning): VariantChoice[] => [
  { shapes: 'Large matrix products', variant: tileName(tile), timings: [] },
  { shapes: 'Smaller matrix products', variant: smallTiles.map(tileName).join('; ') || tileName(tile), timings: [] },
]

async function timed(
  backend: Tunable,
  classes: readonly ShapeClass[],
  { now, careful = false }: AutotuneOptions,
): Promise<Chosen> {
  const start = now()
  // The plainest kernel does what is too little for any other, and all where no other is right.
  const checks = new Map([[tileName(PLAIN), await checkTile(backend, PLAIN)]])
  if (!checks.get(tileName(PLAIN))!.passed) throw wrongNumbers([...checks.values()])
  const choices: VariantChoice[] = []
  let { tuning } = backend
  for (const [i, one] of classes.entries()) {
    // What one class leaves of the budget is the next one's.
    const until = start + (BUDGET_MS * (i + 1)) / classes.length
    const times = careful ? one.tiles.map(untimed) : await timeAll(backend, one, () => now() < until, now)
    const tile = (await firstThatPasses(backend, times, checks)) ?? PLAIN
    tuning = one.apply(tuning, tile)
    const flops = 3 * 2 * one.size.m * one.size.n * one.size.k
    choices.push({
      shapes: one.shapes,
      variant: tileName(tile),
      timings: times.map(({ tile, ms }) => ({
        variant: tileName(tile),
        ms,
        gflops: ms === null ? null : flops / ms / 1e6,
      })),
    })
  }
  const { quirks } = quirksOf(backend.adapter)
  const report = { choices, checks: [...checks.values()], quirks }
  if (careful) return { tuning, report: { ...report, origin: 'shipped', because: CAREFUL } }
  const because = `Timing them on this adapter took ${((now() - start) / 1000).toFixed(1)} s.`
  return { tuning, report: { ...report, origin: 'measured', because } }
}

const CAREFUL = 'The device was lost as they were timed, so they were only checked.'

/** Checks kernels with 16-bit floats, where the device has them; where they are wrong the report says so. */
async function checkHalf(backend: Tunable, { tuning, report }: Chosen): Promise<void> {
  if (!backend.info.f16) return
  const tiles = backend.info.fallback ? [smallestOf(tuning)] : new Set([PLAIN, tuning.tile, smallestOf(tuning)])
  for (const tile of tiles) {
    const check = await checkTile(backend, tile, { brief: true, half: true })
    report.checks.push(check)
    if (!check.passed) report.f16 = false
  }
}

function wrongNumbers(checks: readonly VariantCheck[]) {
  const { variant, maxError, tolerance, problem } = checks.at(-1)!
  const found =
    maxError === null ? 'no number came out' : `${maxError.toExponential(1)} off, ${tolerance.toExponential(1)} allowed`
  return unusable(`not even its plainest matrix product is right (${variant}: ${problem ?? found})`)
}

interface TileTime {
  tile: Tile
  /** null where it was not timed, or can't be run. */
  ms: number | null
}

const untimed = (tile: Tile): TileTime => ({ tile, ms: null })

async function timeAll(backend: Tunable, one: ShapeClass, left: () => boolean, now: () => number): Promise<TileTime[]> {
  const times: TileTime[] = []
  for (const tile of one.tiles) {
    const time = () =>
      backend
        .attempt(() => timeTile(backend, tile, one, now))
        .catch((error) => {
          if (isLost(error)) throw error
          return null
        })
    times.push({ tile, ms: left() || times.length === 0 ? await time() : null })
  }
  return times
}

/** The fastest tile whose numbers are right; after the timed ones, the others in their order. */
async function firstThatPasses(
  backend: Tunable,
  times: readonly TileTime[],
  checks: Map<string, VariantCheck>,
): Promise<Tile | null> {
  const order = [...times].sort((x, y) => (x.ms ?? Infinity) - (y.ms ?? Infinity) || 0)
  for (const { tile } of order) {
    const name = tileName(tile)
    const check = checks.get(name) ?? (await checkTile(backend, tile))
    checks.set(name, check)
    if (check.passed) return tile
  }
  return null
}

/** The tuning of stored choices; null where a name is no candidate here. */
function restore(backend: Tunable, classes: readonly ShapeClass[], choices: readonly VariantChoice[]): Tuning | null {
  let { tuning } = backend
  if (backend.info.fallback) {
    const names = (given: readonly VariantChoice[]) => given.map(({ variant }) => variant).join()
    const isStored = (given: Tuning) => names(knownChoices(given)) === names(choices)
    return [tuning, withoutSubgroups(tuning), plain(tuning)].find(isStored) ?? null
  }
  for (const one of classes) {
    const wanted = choices.find(({ shapes }) => shapes === one.shapes)?.variant
    const tile = [...one.tiles, PLAIN].find((candidate) => tileName(candidate) === wanted)
    if (!tile) return null
    tuning = one.apply(tuning, tile)
  }
  return tuning
}

function parse(text: string | null | undefined): TuningReport | null {
  try {
    const { version, report } = JSON.parse(text ?? 'null') as { version: number; report: TuningReport }
    return version === REPORT_VERSION && Array.isArray(report.choices) && Array.isArray(report.checks) ? report : null
  } catch {
    return null
  }
}
