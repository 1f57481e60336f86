import { ref } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate, useRouter, type RouteLocationRaw } from 'vue-router'

/** Holds a person back, once, who leaves a screen while `unsaved`: the dialog that is then `open` decides. */
export function useLeaveGuard(unsaved: () => boolean) {
  const router = useRouter()
  const open = ref(false)
  let to: RouteLocationRaw = '/'
  let free = false

  function guard(next: { fullPath: string }): boolean {
    if (free || !unsaved()) return true
    to = next.fullPath
    open.value = true
    return false
  }
  onBeforeRouteLeave(guard)
  onBeforeRouteUpdate(guard)

  /** Goes on to where the person wanted to go. */
  async function leave(): Promise<void> {
    open.value = false
    free = true
    await router.push(to)
    free = false
  }
  return { open, leave }
}
