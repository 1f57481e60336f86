import { join } from 'node:path'
import { toErrorData } from '@shared/contract/errors.ts'
import { openStudio } from '../app/studio.ts'
import { createDataService } from '../services/data.ts'
import { openBrowser } from './open.ts'
import { parseOptions } from './options.ts'
import { startServer } from './server.ts'

/** Entry of the web host. The one line on stdout is for the launcher; everything for people goes to stderr. */
const say = (line: string) => process.stderr.write(`gradus: ${line}\n`)

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  const studio = await openStudio({
    dataDir: options.dataDir,
    host: 'web',
    rendererDir: join(import.meta.dirname, '../renderer'),
    createData: createDataService,
    log: say,
  })
  const server = await startServer(studio, options.port).catch(async (error: unknown) => {
    await studio.close()
    throw error
  })
  let closeBrowser = () => {}
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    closeBrowser()
    await server.close()
    await studio.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())
  process.stdout.write(`GRADUS_READY ${server.url}\n`)
  if (options.open) {
    closeBrowser = openBrowser({ url: server.url, dataDir: studio.dataDir, say, onClosed: () => void stop() })
  }
}

main().catch((error: unknown) => {
  const { message, hint } = toErrorData(error)
  say(hint ? `${message} ${hint}` : message)
  process.exit(1)
})
