import { TOKEN_HEADER } from '@shared/contract/api.ts'
import { expect, it } from 'vitest'
import { guard } from './guard.ts'

const PORT = 4100
const TOKEN = 'a'.repeat(64)
const HOST = `127.0.0.1:${PORT}`

/** Status that the guard refuses with; null when it lets the request pass. A header of null is left out. */
function refusal(path: string, headers: Record<string, string | null> = {}): number | null {
  const all = { host: HOST, [TOKEN_HEADER]: TOKEN, ...headers }
  const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
  return guard(new Request(`http://${HOST}${path}`, { headers: kept }), { port: PORT, token: TOKEN })?.status ?? null
}

it('lets the page in, and its calls with the token', () => {
  expect(refusal('/', { [TOKEN_HEADER]: null })).toBeNull()
  expect(refusal('/assets/index.js', { [TOKEN_HEADER]: null, origin: `http://${HOST}` })).toBeNull()
  expect(refusal('/api/settings.get', { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' })).toBeNull()
  expect(refusal('/events')).toBeNull()
  expect(refusal('/blobs/uploads/x?offset=0')).toBeNull()
})

it.each([
  'localhost:4100',
  '127.0.0.1',
  '127.0.0.1:4101',
  'evil.example:4100',
  '127.0.0.1:4100.evil.example',
  '',
  null,
])('answers no other host: %j', (host) => {
  expect(refusal('/', { host })).toBe(421)
  expect(refusal('/api/settings.get', { host })).toBe(421)
})

it.each(['http://evil.example', 'http://localhost:4100', 'https://127.0.0.1:4100', 'http://127.0.0.1:4101', 'null'])(
  'answers no page of %s',
  (origin) => {
    expect(refusal('/api/settings.get', { origin })).toBe(403)
    expect(refusal('/', { origin })).toBe(403)
  },
)

it.each(['cross-site', 'same-site'])('gives nothing to a request that is %s', (site) => {
  expect(refusal('/api/settings.get', { 'sec-fetch-site': site })).toBe(403)
  // A link to the page may be followed from anywhere: it holds no data.
  expect(refusal('/', { 'sec-fetch-site': site, [TOKEN_HEADER]: null })).toBeNull()
})

it.each([null, '', 'a', 'b'.repeat(64), `${TOKEN}a`, TOKEN.slice(1)])('refuses the token %j', (token) => {
  for (const path of ['/api/settings.get', '/events', '/blobs/tokens/d/t/x', '/api', '/blobs/']) {
    expect(refusal(path, { [TOKEN_HEADER]: token }), path).toBe(401)
  }
})
