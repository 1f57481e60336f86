import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const source = resolve(import.meta.dirname, '../..')

/**
 * The job thread's entry, built as the studio builds it, in a folder of its own.
 * @param more further files of src-main to build beside it, by name
 */
export async function buildThread(
  more: Record<string, string> = {},
): Promise<{ entry: string; built: (name: string) => string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-thread-'))
  const input = Object.fromEntries(Object.entries(more).map(([name, file]) => [name, join(source, file)]))
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    resolve: { alias: { '@shared': resolve(source, '../src-shared') } },
    build: {
      ssr: true,
      outDir: folder,
      rolldownOptions: {
        input: { job: join(source, 'jobs/thread.ts'), ...input },
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name]-[hash].mjs' },
      },
    },
  })
  const built = (name: string) => join(folder, `${name}.mjs`)
  return { entry: built('job'), built, remove: () => rm(folder, { recursive: true, force: true }) }
}
