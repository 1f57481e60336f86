import { CLEANING_STEPS, type Build, type CleaningStep, type RecipeTrial } from '@shared/contract/cleaning.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import { generateStarter } from '@shared/starter/index.ts'
import { isOn } from '@shared/text/clean/recipe.ts'
import { CleaningSink } from '../import/cleaning-sink.ts'
import { Problems, type Place } from '../import/problems.ts'
import { readFiles } from '../import/read-files.ts'
import type { Sink } from '../import/sink.ts'
import type { JobTools, TrialTask } from '../task.ts'
import { collectSamples } from './samples.ts'

/** Keeps nothing. */
const nowhere: Sink = {
  add() {},
  addText() {},
  addPlain: () => -1,
  endText() {},
  finish: () => Promise.reject(new Error('a trial has no end')),
  abandon() {},
}

/** Looks at running text for samples as it comes; records tell of themselves. */
class SampledSink extends CleaningSink {
  constructor(
    build: Build,
    problems: Problems,
    private readonly samples: ReturnType<typeof collectSamples>,
  ) {
    super(nowhere, build, problems, samples.add)
  }

  override addText(chunk: string, place: Place): void {
    this.samples.look(chunk)
    super.addText(chunk, place)
  }
}

/** Runs a recipe over the beginning of a dataset's sources, by the same code as an import, to show what it does. */
export async function tryRecipe(task: TrialTask, tools: JobTools): Promise<RecipeTrial> {
  const { build } = task
  const samples = collectSamples(build.recipe)
  const mine = await run(task, build, 'mine', samples, tools)
  // What the steps that are off would do, were all on; near-duplicates take long and are not looked for unasked.
  const { recipe } = build
  const all = await run(
    task,
    {
      ...build,
      recipe: {
        ...recipe,
        newlines: true,
        control: true,
        unicode: recipe.unicode === 'off' ? 'nfc' : recipe.unicode,
        gutenberg: true,
        blankLines: true,
        exact: true,
      },
    },
    'all',
    null,
    tools,
  )
  const totalBytes = 'files' in task.from ? task.from.files.reduce((sum, file) => sum + file.bytes, 0) : mine.bytes
  return {
    bytes: mine.bytes,
    totalBytes,
    steps: CLEANING_STEPS.map((step) => ({
      step,
      on: isOn(recipe, step),
      changed: (isOn(recipe, step) ? mine : all).changed.get(step) ?? 0,
    })),
    samples: samples.found(),
  }
}

async function run(
  { folder, from, purpose, edits }: TrialTask,
  build: Build,
  name: string,
  samples: ReturnType<typeof collectSamples> | null,
  tools: JobTools,
): Promise<{ changed: Map<CleaningStep, number>; bytes: number }> {
  const problems = new Problems(`${folder}/${name}`)
  const sink = samples ? new SampledSink(build, problems, samples) : new CleaningSink(nowhere, build, problems)
  try {
    const files = 'files' in from ? from.files : []
    const options = { purpose, sink, problems, build, edits, limit: LIMITS.trialBytes }
    let { bytes } = await readFiles(files, options, tools)
    if ('starter' in from) {
      let line = 0
      for (const record of generateStarter(from.starter)) {
        sink.add(record, { file: 0, name: from.starter, line: ++line })
        bytes += JSON.stringify(record).length
      }
    }
    return { changed: new Map(sink.made().steps.map(({ step, changed }) => [step, changed])), bytes }
  } finally {
    problems.abandon()
  }
}
