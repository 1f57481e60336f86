import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkRoundTrip, tokenizerFromFile } from '@shared/text/tokenizer-file.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'
import { readPieces } from '../io/part-reader.ts'
import type { JobTools, TokenizerTask } from '../task.ts'

/** Bytes of the person's text that the tokenizer is tried on. */
const SAMPLE_BYTES = 256 * 1024

/** The tokenizer in a file that a person chose, tried on the beginning of the text. AppError when it cannot be used. */
export async function importTokenizer(
  { path, name }: { path: string; name: string },
  task: TokenizerTask,
  { signal, progress }: JobTools,
): Promise<Tokenizer> {
  progress({ phase: `Checking ${name}`, done: 0, total: 0, unit: 'bytes' })
  const tokenizer = tokenizerFromFile(await readFile(path, 'utf8'), name)
  for await (const pieces of readPieces(join(task.datasetFolder, 'train'), 'txt', signal, SAMPLE_BYTES)) {
    checkRoundTrip(tokenizer, pieces.map(({ bytes }) => new TextDecoder().decode(bytes)).join(''), name)
    break
  }
  return tokenizer
}
