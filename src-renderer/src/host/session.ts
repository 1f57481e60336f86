/** How the page reaches main: its own origin, and on the web host a token that only the opened address carries. */
export interface HostSession {
  baseUrl: string
  token: string
}

const KEY = 'gradus.token'
const FRAGMENT = /^#token=([\w-]+)$/

type Place = Pick<Location, 'hash' | 'origin' | 'pathname' | 'search'>

/**
 * Takes the token out of the address (`#token=…`), keeps it for reloads of this tab, and clears the address so that it is
 * neither bookmarked nor shown. Must run before the router, whose paths live in the fragment too.
 */
export function openSession(
  place: Place = location,
  store: Pick<Storage, 'getItem' | 'setItem'> = sessionStorage,
  replace: (url: string) => void = (url) => history.replaceState(null, '', url),
): HostSession {
  const given = FRAGMENT.exec(place.hash)?.[1]
  if (given) {
    store.setItem(KEY, given)
    replace(`${place.pathname}${place.search}#/`)
  }
  return { baseUrl: place.origin, token: given ?? store.getItem(KEY) ?? '' }
}

/** A restarted studio's address opened in this same tab changes only the fragment: start over with the new token. */
export function reloadOnNewToken(): void {
  window.addEventListener('hashchange', () => {
    if (!FRAGMENT.test(location.hash)) return
    openSession()
    location.reload()
  })
}
