import type { Job } from '@shared/contract/schemas.ts'
import { computed, ref, watch } from 'vue'
import { addMark, progressText, rateOf, type ProgressMark } from '@/logic/dataProgress.ts'

/** Amount, rate and time left of a running job, in words that follow its news. */
export function useJobProgress(job: () => Job) {
  const marks = ref<ProgressMark[]>([])
  let phase = ''
  watch(
    job,
    (now) => {
      if (now.phase !== phase) marks.value = []
      phase = now.phase
      marks.value = addMark(marks.value, { at: performance.now(), done: now.done })
    },
    { immediate: true },
  )
  return { detail: computed(() => progressText(job(), rateOf(marks.value))) }
}
