import { useEventListener } from '@vueuse/core'

/**
 * Runs a handler for a key such as 'mod+enter', 'escape' or '?' while the component lives; 'mod' is Ctrl, or Command on a Mac. Keys without
 * 'mod' are left to text fields while one has the focus.
 */
export function useHotkeys(keys: Record<string, (event: KeyboardEvent) => void>): void {
  useEventListener(window, 'keydown', (event) => {
    const mod = event.ctrlKey || event.metaKey
    const handler = keys[`${mod ? 'mod+' : ''}${event.key.toLowerCase()}`]
    if (!handler || event.defaultPrevented || (!mod && inTextField(event.target))) return
    event.preventDefault()
    handler(event)
  })
}

const inTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
