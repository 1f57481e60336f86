import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dependenciesCurrent } from './prepare.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-launch-'))
  mkdirSync(join(folder, 'node_modules'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, packages: object) => writeFileSync(join(folder, name), JSON.stringify({ packages }))
const locked = {
  '': { name: 'gradus' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/b-darwin': { version: '2.0.0', optional: true },
}

test('dependencies are current when npm recorded what the lock file asks for', () => {
  write('package-lock.json', locked)
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } })
  expect(dependenciesCurrent(folder)).toBe(true)
})

test('a missing, older or half-done install is out of date', () => {
  write('package-lock.json', locked)
  expect(dependenciesCurrent(folder)).toBe(false)
  write('node_modules/.package-lock.json', {})
  expect(dependenciesCurrent(folder)).toBe(false)
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '0.9.0' } })
  expect(dependenciesCurrent(folder)).toBe(false)
})
