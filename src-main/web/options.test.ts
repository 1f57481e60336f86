import { expect, it } from 'vitest'
import { defaultDataDir } from '../data-dir.ts'
import { parseOptions } from './options.ts'

it('has defaults, and takes what is given', () => {
  expect(parseOptions([])).toEqual({ dataDir: defaultDataDir(), port: 0, open: false })
  expect(parseOptions(['--data-dir', '/d', '--port', '4100', '--open'])).toEqual({
    dataDir: '/d',
    port: 4100,
    open: true,
  })
})

it.each([[['--port', 'x']], [['--port', '70000']], [['--port', '1.5']], [['--nope']], [['stray']], [['--data-dir']]])(
  'refuses %j',
  (args) => {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'bad_request' }))
  },
)

it.each([
  ['linux', { XDG_DATA_HOME: '/x' }, '/x/gradus'],
  ['linux', {}, '/home/me/.local/share/gradus'],
  ['darwin', {}, '/home/me/Library/Application Support/Gradus'],
  ['win32', { APPDATA: '/roaming' }, '/roaming/Gradus'],
] as const)('keeps data on %s with %j in %s', (platform, env, expected) => {
  expect(defaultDataDir({ platform, env, home: '/home/me' }).replaceAll('\\', '/')).toBe(expected)
})
