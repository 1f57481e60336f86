import smallTalk from '../../../resources/starter/small-talk.json'
import type { Rng } from '../../random/rng.ts'
import { knowledgeTasks } from './knowledge.ts'
import { numberTasks } from './numbers.ts'
import { sentenceTasks } from './sentences.ts'
import { type InstructionPair, pairsOf } from './task.ts'
import { wordTasks } from './words.ts'

/** Yields every pair once, all tasks mixed. */
export function* generateInstructions(rng: Rng): Generator<InstructionPair> {
  const pairs = smallTalk.map(([instruction, output]) => ({ instruction: instruction!, input: '', output: output! }))
  for (const task of [...knowledgeTasks, ...numberTasks, ...wordTasks, ...sentenceTasks(rng)]) {
    for (const pair of pairsOf(task, rng)) pairs.push(pair)
  }
  yield* rng.shuffle(pairs)
}
