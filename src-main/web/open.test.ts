import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { thisMachine, type Machine } from './browser.ts'
import { openBrowser } from './open.ts'

const URL = 'http://127.0.0.1:4100/#token=abc'

/** Opens a "browser" that is a script, on a machine with a display. */
async function open(script: string, changes: Partial<Machine> = {}, now?: () => number) {
  const dataDir = await tempDir()
  const browser = join(dataDir, 'browser.cjs')
  await writeFile(browser, `#!${process.execPath}\n${script}`, { mode: 0o755 })
  const env = { DISPLAY: ':0', GRADUS_CHROMIUM: browser }
  const machine: Machine = {
    ...thisMachine(),
    platform: 'linux',
    uid: 1000,
    env,
    list: () => ['renderD128'],
    ...changes,
  }
  const say = vi.fn<(line: string) => void>()
  const onClosed = vi.fn()
  const close = openBrowser({ url: URL, dataDir, say, onClosed }, machine, now)
  return { say, onClosed, close, dataDir }
}

it.skipIf(process.platform === 'win32')(
  'opens the browser on the address and tells when its window was closed',
  async () => {
    const times = [0, 60_000]
    const script = `require('fs').writeFileSync(__dirname + '/args', process.argv.slice(2).join('\\n'))`
    const { onClosed, say, dataDir } = await open(script, {}, () => times.shift() ?? 0)
    await vi.waitFor(() => expect(onClosed).toHaveBeenCalledOnce())
    expect(existsSync(join(dataDir, 'args'))).toBe(true)
    expect(say).not.toHaveBeenCalled()
  },
)

it.skipIf(process.platform === 'win32')('says the address when the browser fails at once, and stays up', async () => {
  const { onClosed, say } = await open('process.exit(3)')
  await vi.waitFor(() => expect(say).toHaveBeenCalledWith(expect.stringMatching(/code 3.*http:\/\/127.0.0.1:4100/)))
  expect(onClosed).not.toHaveBeenCalled()
})

it.each([
  ['there is no display', { env: {} }, 'no display'],
  ['there is no browser', { env: { DISPLAY: ':0' }, exists: () => false }, 'No Chrome'],
])('says the address and one reason where %s', async (_, changes, reason) => {
  const { say, close } = await open('', { exists: () => true, ...changes })
  expect(say.mock.calls).toEqual([[expect.stringContaining(reason)]])
  expect(say.mock.calls[0]![0]).toContain(URL)
  close()
})
