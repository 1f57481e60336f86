import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import { ref, shallowRef } from 'vue'

/**
 * An action with its state: `pending` while it runs, then `result` or `error`. A second `run` while one is pending does nothing and
 * resolves to undefined, as does one that fails, so a click handler needs no catch.
 */
export function useAsync<Args extends unknown[], T>(action: (...args: Args) => Promise<T>) {
  const pending = ref(false)
  const result = shallowRef<T>()
  const error = shallowRef<AppErrorData | null>(null)

  async function run(...args: Args): Promise<T | undefined> {
    if (pending.value) return undefined
    pending.value = true
    error.value = null
    try {
      result.value = await action(...args)
      return result.value
    } catch (cause) {
      error.value = toErrorData(cause)
      return undefined
    } finally {
      pending.value = false
    }
  }

  return { pending, result, error, run }
}
