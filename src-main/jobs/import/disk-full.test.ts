import type * as Fs from 'node:fs'
import { expect, test, vi } from 'vitest'
import { dataStudio, errorOf } from '../testing/data-studio.ts'

/** Bytes that the disk still takes; everything the jobs write goes through this one call. */
const disk = vi.hoisted(() => ({ free: Infinity }))
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>()
  const writeSync = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
    if (length > disk.free) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    disk.free -= length
    return fs.writeSync(fd, bytes, offset, length, position)
  }
  return { ...fs, writeSync }
})

const FILES: Record<string, ['pretrain' | 'instruct' | 'classify', string, string]> = {
  text: ['pretrain', 'long.txt', 'A line of a long text.\n'.repeat(100_000)],
  pairs: ['instruct', 'p.jsonl', '{"prompt":"a question","completion":"an answer"}\n'.repeat(30_000)],
  labels: [
    'classify',
    'l.csv',
    `text,label\n${Array.from({ length: 30_000 }, (_, i) => `message ${i},${i % 3}`).join('\n')}`,
  ],
}

test.each(Object.entries(FILES))(
  '%s: a disk that fills up ends the import, says so, and is freed',
  async (_, file) => {
    const [purpose, name, content] = file
    const studio = await dataStudio()
    // At once, while the file's own copy is kept, and behind that.
    for (const free of [0, 200_000, Buffer.byteLength(content) + 100_000]) {
      disk.free = free
      const error = await errorOf(studio.importFiles(purpose, [[name, content]]))
      expect(error).toMatchObject({ code: 'disk_full', hint: expect.stringContaining('Free some space') })
      expect(await studio.everything()).toEqual([])
    }
    disk.free = Infinity
    expect((await studio.importFiles(purpose, [[name, content]])).status).toBe('ready')
  },
  30_000,
)
