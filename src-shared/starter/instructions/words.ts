import little from '../../../resources/starter/little-stories.json'
import phrasings from '../../../resources/starter/phrasings.json'
import type { Task } from './task.ts'

/** First letters of words. */
export const wordTasks: readonly Task[] = [
  {
    facts: little.words.map((word) => ({ vars: { word }, output: word[0]! })),
    phrasings: phrasings.firstLetter,
    times: 4,
  },
]
