import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { Dataset } from '@shared/contract/schemas.ts'
import { BpeTokenizer } from '@shared/text/bpe/bpe-tokenizer.ts'
import { checkRoundTrip, tokenizerFromFile, type RoundTrip } from '@shared/text/tokenizer-file.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'
import { shallowRef } from 'vue'
import { useDataStore } from '@/stores/data.ts'

/** A tokenizer.json that was looked at here in the page and works. */
export interface TokenizerFile {
  file: File
  tokenizer: Tokenizer
  merges: number
  trip: RoundTrip
}

/** Looks at a tokenizer.json before anything is made of it: what it is, and whether the person's text comes back. */
export function useTokenizerFile(dataset: () => Dataset) {
  const data = useDataStore()
  const chosen = shallowRef<TokenizerFile | null>(null)
  const error = shallowRef<AppErrorData | null>(null)

  async function look(file: File): Promise<void> {
    chosen.value = null
    error.value = null
    try {
      const tokenizer = tokenizerFromFile(await file.text(), file.name)
      const preview = await data.preview({ id: dataset().id, part: 'train', offset: 0, limit: 20 })
      const sample = preview.records.map(({ text = '' }) => text).join('\n')
      chosen.value = {
        file,
        tokenizer,
        merges: tokenizer instanceof BpeTokenizer ? tokenizer.merges : 0,
        trip: checkRoundTrip(tokenizer, sample, file.name),
      }
    } catch (cause) {
      error.value = toErrorData(cause)
    }
  }
  return { chosen, error, look }
}
