import { usePreferredDark } from '@vueuse/core'
import { computed, watchEffect } from 'vue'
import { useStudioStore } from '@/stores/studio.ts'

/** Applies the chosen theme to the document; `dark` tells canvas drawings which side they are on. */
export function useTheme() {
  const studio = useStudioStore()
  const systemDark = usePreferredDark()
  const dark = computed(() => (studio.theme === 'system' ? systemDark.value : studio.theme === 'dark'))
  watchEffect(
    () => {
      if (studio.theme === 'system') delete document.documentElement.dataset.theme
      else document.documentElement.dataset.theme = studio.theme
    },
    { flush: 'sync' },
  )
  return { dark }
}
