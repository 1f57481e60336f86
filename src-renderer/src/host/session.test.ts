import { describe, expect, it, vi } from 'vitest'
import { openSession } from './session.ts'

const place = (hash: string) => ({ hash, origin: 'http://127.0.0.1:4100', pathname: '/', search: '' })
function memory(initial: Record<string, string> = {}) {
  const map = new Map(Object.entries(initial))
  return { getItem: (k: string) => map.get(k) ?? null, setItem: (k: string, v: string) => void map.set(k, v) }
}

describe('openSession', () => {
  it('takes the token from the fragment, keeps it and clears the address', () => {
    const store = memory()
    const replace = vi.fn()
    expect(openSession(place('#token=ab_C-9'), store, replace)).toEqual({
      baseUrl: 'http://127.0.0.1:4100',
      token: 'ab_C-9',
    })
    expect(replace).toHaveBeenCalledExactlyOnceWith('/#/')
    expect(openSession(place('#/p/x/data'), store, replace).token).toBe('ab_C-9')
    expect(replace).toHaveBeenCalledTimes(1)
  })

  it('prefers a new token over the kept one', () => {
    expect(openSession(place('#token=new'), memory({ 'gradus.token': 'old' }), () => {}).token).toBe('new')
  })

  it('has no token where the host needs none', () => {
    expect(openSession(place(''), memory(), () => {}).token).toBe('')
  })
})
