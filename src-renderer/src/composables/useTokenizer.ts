import { routes } from '@shared/contract/api.ts'
import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import { tokenizerFromJson, type Tokenizer } from '@shared/text/tokenizer.ts'
import { shallowRef, watch } from 'vue'
import { host } from '@/host/client.ts'

/** Loaded tokenizers by id; one never changes once it is made. */
const loaded = new Map<string, Promise<Tokenizer>>()

async function load(id: string): Promise<Tokenizer> {
  const bytes = await host().bytes(routes.tokenizer(id))
  return tokenizerFromJson(JSON.parse(new TextDecoder().decode(bytes)))
}

/** The tokenizer with this id, ready to encode in the page; null until it is here. */
export function useTokenizer(id: () => string | null) {
  const tokenizer = shallowRef<Tokenizer | null>(null)
  const error = shallowRef<AppErrorData | null>(null)
  watch(
    id,
    async (wanted) => {
      tokenizer.value = null
      error.value = null
      if (wanted === null) return
      const loading = loaded.get(wanted) ?? load(wanted)
      loaded.set(wanted, loading)
      try {
        const made = await loading
        if (id() === wanted) tokenizer.value = made
      } catch (cause) {
        loaded.delete(wanted)
        if (id() === wanted) error.value = toErrorData(cause)
      }
    },
    { immediate: true },
  )
  return { tokenizer, error }
}
