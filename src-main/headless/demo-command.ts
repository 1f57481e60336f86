import { resolve } from 'node:path'
import { parameterCount } from '@shared/model/memory.ts'
import type { JobRunner } from '../jobs/task.ts'
import { BACKEND_FLAGS } from './backend-flags.ts'
import { DEMO, type DemoPlan } from './demo/plan.ts'
import { examine, sortTexts, tellStory } from './demo/results.ts'
import { Screen } from './demo/screen.ts'
import { makeDatasets, makeTokenizer, openProject, there, train, type Stage } from './demo/stages.ts'
import { openWorkshop } from './demo/workshop.ts'
import { deviceLine, wishOf } from './engine-device.ts'
import { helpText, readFlags } from './flags.ts'

const USAGE = `npm run demo [-- --data-dir DIR]

Makes three models from the starter sets, without a window: one that writes stories, one that answers questions, one that sorts messages.
Takes about five minutes on two cores. A demo that was stopped goes on where it was; after one that ended a second project is made.`

const FLAGS = {
  'data-dir': { kind: 'text', value: 'DIR', help: 'where all that it makes is kept (default: ./gradus-demo)' },
  ...BACKEND_FLAGS,
  help: { kind: 'switch', help: 'show this' },
} as const

/** `npm run demo`: the studio's whole path in a terminal. Resolves to the exit code. `plan` and `runJob` are for tests. */
export async function demoCommand(args: string[], plan: DemoPlan = DEMO, runJob?: JobRunner): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${helpText(USAGE, FLAGS)}\n`)
    return 0
  }
  const flags = readFlags(FLAGS, args)
  const dataDir = resolve(flags['data-dir'] ?? 'gradus-demo')
  const screen = new Screen(process.stdout)
  // The processor is what the demo's times are meant for; a card is used where it is asked for.
  const wish = await wishOf({ ...flags, backend: flags.backend ?? 'cpu' })
  const workshop = await openWorkshop({ dataDir, wish, ...(runJob && { runJob }) })
  const leave = new AbortController()
  const interrupt = () => {
    screen.say('Stopping; what is done so far is being saved. Press Ctrl-C again to leave at once.')
    leave.abort()
  }
  process.once('SIGINT', interrupt)
  try {
    screen.say(`Folder: ${dataDir}`)
    screen.say(deviceLine(workshop.device))
    await walk({ workshop, plan, screen, signal: leave.signal })
    screen.say(`\nEverything is in ${dataDir}. Open it in the studio, and go on from there:`)
    screen.say(`  npm start -- --data-dir ${quoted(dataDir)}`)
    return 0
  } catch (error) {
    if (!leave.signal.aborted) throw error
    screen.say('Stopped. To go on:')
    screen.say(`  npm run demo -- --data-dir ${quoted(dataDir)}`)
    return 130
  } finally {
    process.off('SIGINT', interrupt)
    await workshop.close()
  }
}

/** The six stages; each passes over what is there already. */
async function walk(stage: Stage): Promise<void> {
  const { screen, plan } = stage
  const heading = (text: string) => screen.say(`\n${text}`)
  const opened = await openProject(stage)
  let { project } = opened
  screen.say(
    opened.begun
      ? `Project “${project.name}” goes on where it was.`
      : `Project “${project.name}” is new. Six stages, about five minutes on two cores; Ctrl-C stops, and the same command goes on.`,
  )

  heading('1/6 Data: three sets, made here by their generators')
  project = await makeDatasets(stage, project)

  heading('2/6 Tokenizer: an own BPE of the stories')
  project = await makeTokenizer(stage, project)
  const config = there(project.model)
  const n = (value: number) => value.toLocaleString('en-US')
  screen.say(
    `Model: ${config.nLayer} layers, ${config.nHead} heads, width ${config.nEmbd}, context ${config.nPositions}: ${n(parameterCount(config))} parameters`,
  )

  heading('3/6 Pretraining: what comes next in a story?')
  const stories = await train(stage, project, 'pretrain')
  project = await stage.workshop.call('projects.get', { id: project.id })
  heading('4/6 Finetuning on instructions: only the answers are learned')
  const assistant = await train(stage, project, 'instruct')
  heading('5/6 Finetuning as a classifier: order, question or complaint?')
  const sorter = await train(stage, project, 'classify')

  heading('6/6 What they can do')
  screen.say('A story, continued:')
  await tellStory(stage, stories)
  screen.say('\nThe first three of the held-out questions, which it never saw:')
  const { right, asked } = await examine(stage, project, assistant, plan.questions)
  screen.say(`${right} of the first ${asked} held-out questions right, in every character.`)
  screen.say('\nThe first held-out message of each class:')
  await sortTexts(stage, project, sorter)
  const { accuracy, baselineAccuracy, baselineLabel, total } = there(sorter.report)
  screen.say(
    `${percent(accuracy)} of ${total} held-out messages right; always saying “${baselineLabel}” would be right for ${percent(baselineAccuracy)}.`,
  )
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** As a shell takes it. */
const quoted = (path: string) => (/^[\w./\\:-]+$/.test(path) ? path : `"${path}"`)
