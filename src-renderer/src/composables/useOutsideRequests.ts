import { onScopeDispose, ref } from 'vue'

/** How many requests this window has made to anywhere but the studio itself, as the browser's own timing records tell. */
export function useOutsideRequests() {
  const count = ref(0)
  const observer = new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      const url = new URL(name, location.href)
      if (/^(https?|wss?|ftp):$/.test(url.protocol) && url.origin !== location.origin) count.value++
    }
  })
  observer.observe({ type: 'resource', buffered: true })
  onScopeDispose(() => observer.disconnect())
  return count
}
