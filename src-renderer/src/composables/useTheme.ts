import { watchEffect } from 'vue'
import { useStudioStore } from '@/stores/studio.ts'

/** Applies the chosen theme to the document; without a choice the system's stands. */
export function useTheme(): void {
  const studio = useStudioStore()
  watchEffect(() => {
    if (studio.theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = studio.theme
  })
}
