import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import { useDebounceFn } from '@vueuse/core'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'

/** The answer to a question that changes: asked again a moment after it did, with only the newest answer kept. A null is not asked. */
export function useLatest<Q, A>(question: () => Q | null, ask: (question: Q) => Promise<A>, delay = 300) {
  const answer = shallowRef<A | null>(null)
  const error = shallowRef<AppErrorData | null>(null)
  const pending = ref(false)
  let turn = 0

  async function now(): Promise<void> {
    const asked = question()
    const mine = ++turn
    if (asked === null) {
      pending.value = false
      return
    }
    pending.value = true
    try {
      const got = await ask(asked)
      if (mine !== turn) return
      answer.value = got
      error.value = null
    } catch (cause) {
      if (mine !== turn) return
      error.value = toErrorData(cause)
    }
    pending.value = false
  }
  const later = useDebounceFn(now, delay)
  watch(
    () => JSON.stringify(question()),
    (_next, before) => {
      turn++
      pending.value = question() !== null
      void (before === undefined ? now() : later())
    },
    { immediate: true },
  )
  onScopeDispose(() => turn++)
  return { answer, error, pending, retry: now }
}
