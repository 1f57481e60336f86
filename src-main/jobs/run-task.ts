import { importDataset } from './import/import.ts'
import type { JobRunner, JobTools, Task } from './task.ts'
import { createTokenizer } from './tokenize/create.ts'

/** Runs a task in this thread. */
export const runTask = ((task: Task, tools: JobTools) =>
  task.kind === 'import' ? importDataset(task, tools) : createTokenizer(task, tools)) as JobRunner
