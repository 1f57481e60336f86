import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from './support/test.ts'

const start = resolve(import.meta.dirname, '../src-main/launch/start.mjs')

test('npm start prints an address that opens the studio, and Ctrl-C stops it cleanly', async ({ dataDir, host }) => {
  test.skip(host === 'electron', 'this is the way in without Electron')
  const child = spawn(process.execPath, [start, '--no-open', '--data-dir', join(dataDir, 'data')], { stdio: 'pipe' })
  const ended = new Promise<number | null>((done) => child.on('close', done))
  const address = await new Promise<URL>((done, refuse) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /the studio is at (\S+)/.exec(line)?.[1]
      if (url) done(new URL(url))
    })
    void ended.then((code) => refuse(new Error(`ended with ${code}`)))
  })
  expect(address.hostname).toBe('127.0.0.1')
  expect(await (await fetch(address)).text()).toContain('<title>Gradus')
  // Without its token the address gives nothing away.
  expect((await fetch(new URL('/api/projects.list', address), { method: 'POST', body: '{}' })).status).toBe(401)

  child.kill('SIGINT')
  expect(await ended).toBe(0)
  await expect(fetch(address)).rejects.toThrow()
})

test('npm start says what is wrong with its options', async ({ host }) => {
  test.skip(host === 'electron', 'no window is opened')
  const child = spawn(process.execPath, [start, '--port', 'many'], { stdio: 'pipe' })
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  expect(await new Promise((done) => child.on('close', done))).toBe(1)
  expect(said).toContain('--port takes a number, not “many”')
  expect(said).not.toContain('    at ')
})
