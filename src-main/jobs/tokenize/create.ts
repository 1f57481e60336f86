import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenizerInfo } from '@shared/contract/schemas.ts'
import { BpeTokenizer } from '@shared/text/bpe/bpe-tokenizer.ts'
import { tokenizerToJson, type Tokenizer } from '@shared/text/tokenizer.ts'
import { syncFile } from '../../fs/atomic.ts'
import { writeJson } from '../../fs/json.ts'
import type { JobTools, TokenizerTask } from '../task.ts'
import { encodeHere, encodeInThreads, encoderThreads, type Encoders } from './encoders.ts'
import { tokenizeDataset } from './tokenize.ts'
import { trainTokenizer } from './train.ts'

/** Makes a tokenizer (tokenizer.json, info.json) and with it the shards and manifest of its dataset. */
export async function createTokenizer(task: TokenizerTask, tools: JobTools): Promise<TokenizerInfo> {
  const tokenizer = await trainTokenizer(task, tools)
  const json = JSON.stringify(tokenizerToJson(tokenizer))
  const sha256 = createHash('sha256').update(json).digest('hex')
  const file = join(task.folder, 'tokenizer.json')
  await writeFile(file, json)
  await syncFile(file)

  const encoders = startEncoders(task, tokenizer, json, tools)
  const { manifest, valBytes, valTextTokens, unknown } = await tokenizeDataset(
    task,
    tokenizer,
    sha256,
    encoders,
    tools,
  ).finally(() => encoders.close())
  await writeJson(join(task.tokensFolder, 'manifest.json'), manifest)
  const { train, val } = manifest.parts
  const info: TokenizerInfo = {
    id: task.id,
    kind: tokenizer.kind,
    name: nameOf(tokenizer, task.file !== undefined),
    createdAt: task.createdAt,
    datasetId: task.dataset.id,
    vocabSize: tokenizer.vocabSize,
    merges: tokenizer instanceof BpeTokenizer ? tokenizer.merges : 0,
    sha256,
    bytesPerToken: valBytes / valTextTokens,
    tokens: { train: train.tokens, val: val.tokens, test: 0 },
    unknown,
    ...(task.file ? { importedFrom: task.file.name } : {}),
  }
  await writeJson(join(task.folder, 'info.json'), info)
  return info
}

function startEncoders(
  { dataset }: TokenizerTask,
  tokenizer: Tokenizer,
  json: string,
  { threads }: JobTools,
): Encoders {
  const count = threads ? encoderThreads(dataset.textBytes.train + dataset.textBytes.val, threads.cores) : 0
  return threads && count > 0 ? encodeInThreads(threads.entry, json, count) : encodeHere(tokenizer)
}

function nameOf({ kind, vocabSize }: Tokenizer, imported: boolean): string {
  if (kind === 'gpt2') return 'GPT-2 BPE'
  const [own, theirs] = kind === 'char' ? ['Characters', 'Imported characters'] : ['Own BPE', 'Imported BPE']
  return `${imported ? theirs : own} (${vocabSize.toLocaleString('en-US')})`
}
