import { AppError } from '@shared/contract/errors.ts'
import type {
  Dataset,
  Job,
  PreviewRecord,
  Project,
  Run,
  RunKind,
  Starter,
  TrainingSettings,
} from '@shared/contract/schemas.ts'
import { defaultSettings } from '@shared/model/defaults.ts'
import { hardwareOf } from '@shared/model/hardware.ts'
import { encodePair } from '@shared/text/templates.ts'
import type { Codec } from '@engine/train/codec.ts'
import { fittingLength } from '@engine/train/rows.ts'
import { duration, Progress } from '../progress.ts'
import type { DemoPlan } from './plan.ts'
import type { Screen } from './screen.ts'
import type { Workshop } from './workshop.ts'

const SLOTS = {
  stories: 'datasetId',
  instructions: 'instructDatasetId',
  messages: 'classifyDatasetId',
} as const satisfies Record<Starter['id'], keyof Project>
const RUN_SLOTS = {
  pretrain: 'pretrainRunId',
  instruct: 'instructRunId',
  classify: 'classifyRunId',
} as const satisfies Record<RunKind, keyof Project>

/** What each kind of run learns from. */
const STARTERS = { pretrain: 'stories', instruct: 'instructions', classify: 'messages' } as const

/** The text that is continued, while training and in the end. */
export const PROMPT = 'One day, a little girl named Mia'

/** Name of the projects it makes. */
const NAME = 'Demo'

/** What the stages work with. `signal` ends a stage after what it has under way is safe on disk. */
export interface Stage {
  workshop: Workshop
  plan: DemoPlan
  screen: Screen
  signal: AbortSignal
}

/** The demo's project that is not finished, else a new one. */
export async function openProject({ workshop }: Stage): Promise<{ project: Project; begun: boolean }> {
  const [projects, runs] = [await workshop.call('projects.list', {}), await workshop.call('runs.list', {})]
  const mine = projects.filter(({ name }) => name === NAME || name.startsWith(`${NAME} `))
  const finished = (project: Project) =>
    Object.values(RUN_SLOTS).every((slot) =>
      runs.some(({ id, status }) => id === project[slot] && status === 'finished'),
    )
  const unfinished = mine.find((project) => !finished(project))
  if (unfinished) return { project: unfinished, begun: true }
  const name = mine.length === 0 ? NAME : `${NAME} ${mine.length + 1}`
  return { project: await workshop.call('projects.create', { name }), begun: false }
}

/** Makes the starter sets that the project lacks. */
export async function makeDatasets(stage: Stage, project: Project): Promise<Project> {
  const { workshop, screen } = stage
  let changed = project
  for (const [starter, slot] of Object.entries(SLOTS) as [Starter['id'], (typeof SLOTS)[Starter['id']]][]) {
    if (changed[slot] === null) {
      const id = await finish(stage, await workshop.call('starters.create', { id: starter }))
      changed = await workshop.call('projects.update', { id: project.id, patch: { [slot]: id } })
    }
    const { name, records, characters } = await dataset(stage, changed, starter)
    const { train, val, test } = records
    const count = (n: number) => n.toLocaleString('en-US')
    screen.say(
      `${name}: ${count(train + val + test)} records (${count(train)} to learn from, ${count(val + test)} held out), ${count(characters)} characters`,
    )
  }
  return changed
}

export const dataset = ({ workshop }: Stage, project: Project, starter: Starter['id']): Promise<Dataset> =>
  workshop.call('datasets.get', { id: there(project[SLOTS[starter]]) })

/** Makes the tokenizer, and the model's shape that suits it. */
export async function makeTokenizer(stage: Stage, project: Project): Promise<Project> {
  const { workshop, plan, screen } = stage
  let changed = project
  if (changed.tokenizerId === null) {
    const datasetId = there(project.datasetId)
    const job = await workshop.call('tokenizers.create', { datasetId, kind: 'bpe', vocabSize: plan.vocabSize })
    const tokenizerId = await finish(stage, job)
    const { vocabSize } = await workshop.call('tokenizers.get', { id: tokenizerId })
    const patch = { tokenizerId, model: plan.config(vocabSize), preset: plan.preset }
    changed = await workshop.call('projects.update', { id: project.id, patch })
  }
  const { name, tokens, bytesPerToken } = await workshop.call('tokenizers.get', { id: there(changed.tokenizerId) })
  screen.say(
    `${name}: ${tokens.train.toLocaleString('en-US')} tokens to learn from, ${bytesPerToken.toFixed(2)} bytes each`,
  )
  return changed
}

/** The project's run of a kind, trained to its end. */
export async function train(stage: Stage, project: Project, kind: RunKind): Promise<Run> {
  const { workshop, screen, signal } = stage
  const known = project[RUN_SLOTS[kind]]
  let run = known === null ? await createRun(stage, project, kind) : await workshop.call('runs.get', { id: known })
  if (run.status !== 'finished') {
    signal.throwIfAborted()
    introduce(stage, run)
    const progress = new Progress(run.settings.steps, screen.out)
    const stop = () => workshop.engine.send({ type: 'stop' })
    signal.addEventListener('abort', stop)
    await workshop
      .train(run.id, run.checkpoints.length > 0, (rows) => progress.rows(rows))
      .finally(() => {
        signal.removeEventListener('abort', stop)
        progress.end()
      })
    run = await workshop.call('runs.get', { id: run.id })
  }
  if (run.status !== 'finished') throw stopped()
  const { bestValLoss, bestStep, elapsedMs, valAccuracy } = run
  const figures = [
    `done in ${duration(elapsedMs / 1000)}`,
    bestValLoss === null ? null : `best validation loss ${bestValLoss.toFixed(3)}, at step ${bestStep}`,
    valAccuracy === null ? null : `${Math.round(100 * valAccuracy)} % of the validation texts right`,
  ]
  screen.say(figures.filter(Boolean).join('; '))
  return run
}

/** How much there is to do; the progress line says how long it takes. */
function introduce({ screen }: Stage, { settings, step }: Run): void {
  const { steps, batchSize, learningRate } = settings
  screen.say(
    `${step > 0 ? `On from step ${step} of ${steps}` : `${steps} steps`} of ${batchSize} examples, learning rate ${learningRate}`,
  )
}

/** A new run with the studio's default settings, but for the steps. */
async function createRun(stage: Stage, project: Project, kind: RunKind): Promise<Run> {
  const { workshop } = stage
  const { id: datasetId, classes, records } = await dataset(stage, project, STARTERS[kind])
  const tokenizer = await workshop.call('tokenizers.get', { id: there(project.tokenizerId) })
  const config = there(project.model)
  const run = await workshop.call('runs.create', {
    projectId: project.id,
    kind,
    config,
    tokenizerId: tokenizer.id,
    datasetId,
    baseRunId: kind === 'pretrain' ? null : there(project.pretrainRunId),
    labels: kind === 'classify' ? classes.map(({ label }) => label) : [],
    settings: await settingsFor(stage, kind, {
      config,
      amount: kind === 'pretrain' ? tokenizer.tokens : records,
      datasetId,
      tokenizerId: tokenizer.id,
    }),
  })
  await workshop.call('projects.update', { id: project.id, patch: { [RUN_SLOTS[kind]]: run.id } })
  return run
}

async function settingsFor(
  { workshop, plan }: Stage,
  kind: RunKind,
  given: Pick<Run, 'config' | 'datasetId' | 'tokenizerId'> & { amount: { train: number; val: number } },
): Promise<TrainingSettings> {
  const { config, amount, datasetId, tokenizerId } = given
  const { settings } = defaultSettings({
    kind,
    config,
    amount,
    hardware: hardwareOf(workshop.device),
    chosen: { steps: plan.steps[kind] },
    ...(kind === 'pretrain'
      ? { prompts: [PROMPT] }
      : {
          recordTokens: longestRecord(
            await workshop.codec(tokenizerId),
            await workshop.records(datasetId, 'train'),
            config.nPositions,
          ),
        }),
  })
  return { ...settings, steps: plan.steps[kind] }
}

/** Tokens of the longest record as it is trained on. */
function longestRecord(codec: Codec, records: PreviewRecord[], context: number): number {
  const length = ({ text, instruction = '', input = '', output = '' }: PreviewRecord) =>
    text === undefined ? encodePair(codec, { instruction, input, output }).ids.length - 1 : codec.encode(text).length
  return fittingLength(records.map(length), context)
}

/** Waits for a job; the person's Ctrl-C cancels it, which leaves nothing behind. */
async function finish({ workshop, screen, signal }: Stage, job: Job): Promise<string> {
  signal.throwIfAborted()
  const cancel = () => void workshop.call('jobs.cancel', { id: job.id }).catch(() => {}) // it has just ended
  signal.addEventListener('abort', cancel)
  try {
    return await workshop.jobs.result(job, ({ label, phase, done, total }) =>
      screen.bar(`${label}: ${phase}`, done, total),
    )
  } finally {
    signal.removeEventListener('abort', cancel)
    screen.clear()
  }
}

/** A slot that an earlier stage has filled. */
export function there<T>(value: T | null): T {
  if (value !== null) return value
  throw new AppError({
    code: 'not_found',
    message: 'The demo\u2019s project lacks what an earlier stage made.',
    hint: 'Delete the project in the studio, or name another folder with --data-dir.',
  })
}

export const stopped = () => new AppError({ code: 'cancelled', message: 'Stopped.' })
