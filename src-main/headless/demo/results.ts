import type { PreviewRecord, Project, Run, Sampling } from '@shared/contract/schemas.ts'
import { formatPrompt } from '@shared/text/templates.ts'
import { PROMPT, stopped, there, type Stage } from './stages.ts'

const GREEDY: Sampling = { temperature: 0, topK: 0, topP: 1, maxTokens: 60, seed: 1 }
const LIVELY: Sampling = { temperature: 0.7, topK: 40, topP: 1, maxTokens: 160, seed: 1 }
/** Questions and texts that are shown of those asked. */
const SHOWN = 3

/** The pretrained model goes on with a story, to its end or 160 tokens. */
export async function tellStory({ workshop, screen, signal }: Stage, run: Run): Promise<void> {
  await workshop.engine.loadModel(run.id)
  screen.write(`  ${PROMPT}`)
  const indent = (text: string) => screen.write(text.replaceAll('\n', '\n  '))
  await workshop.engine.generate({ prompt: PROMPT, instruct: false, sampling: LIVELY }, indent, signal)
  screen.say()
}

export interface Exam {
  right: number
  asked: number
}

/**
 * Asks the first `count` questions of the held-out part, greedily, and shows the first three with what was answered. Right is only what
 * equals the set's answer in every character.
 */
export async function examine(stage: Stage, project: Project, run: Run, count: number): Promise<Exam> {
  const { workshop, screen, signal } = stage
  const held = (await workshop.records(there(project.instructDatasetId), 'test')).slice(0, count)
  await workshop.engine.loadModel(run.id)
  let right = 0
  for (const [i, { instruction = '', input = '', output = '' }] of held.entries()) {
    const answer = await ask(stage, formatPrompt({ instruction, input }))
    if (signal.aborted) throw stopped()
    if (answer === output) right++
    if (i < SHOWN) {
      screen.say(`  ${[instruction, input].filter(Boolean).join(' / ')}`)
      screen.say(`  > ${answer}${answer === output ? '   (right)' : `   (wrong: ${output})`}`)
    }
    screen.bar(`question ${i + 1} of ${held.length}`, i + 1, held.length)
  }
  screen.clear()
  return { right, asked: held.length }
}

async function ask({ workshop, signal }: Stage, prompt: string): Promise<string> {
  let answer = ''
  await workshop.engine.generate({ prompt, instruct: false, sampling: GREEDY }, (text) => (answer += text), signal)
  return answer
}

/** Sorts the first held-out text of each class. */
export async function sortTexts({ workshop, screen }: Stage, project: Project, run: Run): Promise<void> {
  const held = await workshop.records(there(project.classifyDatasetId), 'test')
  await workshop.engine.loadModel(run.id)
  const firsts = run.labels.flatMap((label): PreviewRecord[] => held.filter((one) => one.label === label).slice(0, 1))
  for (const { text = '', label = '' } of firsts.slice(0, SHOWN)) {
    const { probabilities } = await workshop.engine.classify(text)
    const top = probabilities.indexOf(Math.max(...probabilities))
    // Rounded down: no model is wholly sure.
    const sure = `${run.labels[top]}, ${Math.floor(100 * probabilities[top]!)} % sure`
    screen.say(`  ${text.replaceAll('\n', ' ')}`)
    screen.say(`  > ${sure}${run.labels[top] === label ? '   (right)' : `   (wrong: ${label})`}`)
  }
}
