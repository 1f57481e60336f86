export type DataColor = 'data-1' | 'data-2' | 'data-3' | 'data-4' | 'data-5' | 'data-6'

/** The colours a canvas needs, as the browser resolves the tokens at `element` in the theme of the moment. */
export function resolveColors<K extends string>(element: Element, tokens: readonly K[]): Record<K, string> {
  const probe = document.createElement('span')
  probe.hidden = true
  element.append(probe)
  const entries = tokens.map((token): [K, string] => {
    probe.style.color = `var(--${token})`
    return [token, getComputedStyle(probe).color]
  })
  probe.remove()
  return Object.fromEntries(entries) as Record<K, string>
}

/** `rgb(r, g, b)` with an opacity of 0 .. 1. */
export const withAlpha = (rgb: string, alpha: number): string =>
  rgb.replace(/^rgb\(([^)]+)\)$/, (_, channels: string) => `rgba(${channels}, ${alpha})`)
