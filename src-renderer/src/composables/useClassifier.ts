import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { Run } from '@shared/contract/schemas.ts'
import { refDebounced } from '@vueuse/core'
import { ref, shallowRef, watch } from 'vue'
import { useEngineStore } from '@/stores/engine.ts'

export interface Prediction {
  text: string
  /** In label order. */
  probabilities: number[]
  /** The text was longer than the context. */
  truncated: boolean
}

/** Sorts a text a moment after it was last changed, with the best state of `run`; an empty one gets no prediction. */
export function useClassifier(run: () => Run) {
  const engine = useEngineStore()
  const text = ref('')
  const settled = refDebounced(text, 200)
  const prediction = shallowRef<Prediction | null>(null)
  const pending = ref(false)
  const error = shallowRef<AppErrorData | null>(null)
  let turn = 0

  async function predict(): Promise<void> {
    const mine = ++turn
    const wanted = settled.value
    error.value = null
    if (wanted.trim() === '') {
      prediction.value = null
      pending.value = false
      return
    }
    pending.value = true
    try {
      await engine.loadModel(run().id)
      const { probabilities, truncated } = await engine.classify(wanted)
      if (mine === turn) prediction.value = { text: wanted, probabilities, truncated }
    } catch (cause) {
      if (mine !== turn) return
      error.value = toErrorData(cause)
      prediction.value = null
    } finally {
      if (mine === turn) pending.value = false
    }
  }

  watch([settled, () => run().id], predict)
  return { text, prediction, pending, error, predict }
}
