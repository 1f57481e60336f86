import { readFile } from 'node:fs/promises'
import type { Statistics } from '@shared/contract/statistics.ts'
import { tokenizerFromJson } from '@shared/text/tokenizer.ts'
import type { JobTools, StatisticsTask } from '../task.ts'
import { collect, SAMPLE_BYTES } from './collect.ts'

/** Counts a dataset under the tokenizer of the task, or under GPT-2's. */
export async function makeStatistics(task: StatisticsTask, tools: JobTools): Promise<Statistics> {
  const { dataset, tokenizer, whole } = task
  const given = tokenizer ? tokenizerFromJson(JSON.parse(await readFile(tokenizer.file, 'utf8'))) : null
  const counted = await collect(dataset, task.datasetFolder, given, whole ? Infinity : SAMPLE_BYTES, tools)
  return {
    version: 1,
    datasetId: dataset.id,
    tokenizerId: tokenizer?.id ?? null,
    tokenizerName: tokenizer?.name ?? 'GPT-2 BPE',
    vocabSize: counted.tokenCounts.length,
    fingerprint: task.fingerprint,
    createdAt: task.createdAt,
    ...counted,
  }
}
