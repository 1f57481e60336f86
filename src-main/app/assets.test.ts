import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { assetResponse } from './assets.ts'

async function page(): Promise<string> {
  const folder = join(await tempDir(), 'renderer')
  await mkdir(join(folder, 'assets'), { recursive: true })
  await writeFile(join(folder, 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'assets/a b.js'), 'code')
  await writeFile(join(folder, 'assets/kernel.wasm'), 'wasm')
  await writeFile(join(folder, '../secret.txt'), 'secret')
  await mkdir(join(folder, '../renderer-other'))
  await writeFile(join(folder, '../renderer-other/x.txt'), 'secret')
  return folder
}

it.each([
  ['/', 'text/html; charset=utf-8', '<!doctype html>'],
  ['/index.html', 'text/html; charset=utf-8', '<!doctype html>'],
  ['/runs/calm-otter', 'text/html; charset=utf-8', '<!doctype html>'],
  ['/assets/a%20b.js', 'text/javascript; charset=utf-8', 'code'],
  ['/assets/kernel.wasm', 'application/wasm', 'wasm'],
])('%s is served as %s', async (path, type, text) => {
  const response = await assetResponse(await page(), path)
  expect(response.headers.get('content-type')).toBe(type)
  expect(await response.text()).toBe(text)
})

it.each([
  '/assets/missing.js',
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '/%2e%2e%2frenderer-other/x.txt',
  '/C:/secret.txt',
  '/secret.txt%00.js',
  '/.git/config.js',
  '/%',
])('%s is not found', async (path) => {
  await expect(assetResponse(await page(), path)).rejects.toMatchObject({ code: 'not_found' })
})
