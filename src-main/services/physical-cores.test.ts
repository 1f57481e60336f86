import { expect, test } from 'vitest'
import { countPhysicalCores, physicalCores, type CpuProbe } from './physical-cores.ts'

const none = () => Promise.reject(new Error('not on this system'))
const probe = (parts: Partial<CpuProbe>): CpuProbe => ({
  platform: 'linux',
  logical: 8,
  siblings: none,
  run: none,
  ...parts,
})

test('of two threads of one core only one counts', async () => {
  const lists = ['0,4\n', '1,5\n', '2,6\n', '3,7\n', '0,4\n', '1,5\n', '2,6\n', '3,7\n']
  expect(await countPhysicalCores(probe({ siblings: async () => lists }))).toBe(4)
})

test.each(['darwin', 'win32'] as const)('%s is asked by a command', async (platform) => {
  const asked: string[] = []
  const run = async (command: string) => {
    asked.push(command)
    return '6\n'
  }
  expect(await countPhysicalCores(probe({ platform, run }))).toBe(6)
  expect(asked).toEqual([platform === 'darwin' ? 'sysctl' : 'powershell'])
})

test('no more than this process may use', async () => {
  const lists = Array.from({ length: 16 }, (_, i) => `${i}\n`)
  expect(await countPhysicalCores(probe({ logical: 2, siblings: async () => lists }))).toBe(2)
})

test.each([
  ['which does not tell', { platform: 'linux' as const }],
  ['that is unknown', { platform: 'freebsd' as const }],
  ['whose answer is no number', { platform: 'darwin' as const, run: async () => 'unknown oid' }],
])('on a system %s every logical processor counts', async (_, parts) => {
  expect(await countPhysicalCores(probe(parts))).toBe(8)
})

test('this machine has at least one', async () => {
  expect(await physicalCores()).toBeGreaterThanOrEqual(1)
})
