import { findLeakage } from './clean/leakage.ts'
import { tryRecipe } from './clean/trial.ts'
import { importDataset } from './import/import.ts'
import { probeFile } from './import/probe.ts'
import { makeStatistics } from './stats/statistics.ts'
import type { JobRunner, JobTools, Task } from './task.ts'
import { createTokenizer } from './tokenize/create.ts'

/** Runs a task in this thread. */
export const runTask = ((task: Task, tools: JobTools) => {
  if (task.kind === 'import') return importDataset(task, tools)
  if (task.kind === 'statistics') return makeStatistics(task, tools)
  if (task.kind === 'trial') return tryRecipe(task, tools)
  if (task.kind === 'leakage') return findLeakage(task, tools)
  if (task.kind === 'probe') return probeFile(task.path, task.source, task.reading)
  return createTokenizer(task, tools)
}) as JobRunner
