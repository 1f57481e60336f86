import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { app, type BrowserWindow } from 'electron'
import { openStudio, type Studio } from '../app/studio.ts'
import { defaultDataDir } from '../data-dir.ts'
import { createDataService } from '../services/data.ts'
import { answerPreload, showStartError } from './dialogs.ts'
import { createPower } from './power.ts'
import { registerScheme, serveApp } from './protocol.ts'
import { protect } from './security.ts'
import { setSwitches } from './switches.ts'
import { createWindow, setMenu } from './window.ts'

/** Entry of Electron's main process. */
const here = import.meta.dirname
const log = (line: string) => process.stderr.write(`gradus: ${line}\n`)
const dataDir = resolve(app.commandLine.getSwitchValue('data-dir') || argumentAfter('--data-dir') || defaultDataDir())

/** Value of a switch written as two arguments, which Chromium's own parser does not join. */
function argumentAfter(name: string): string | undefined {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}

let window: BrowserWindow | null = null
let studio: Studio | null = null

async function start(): Promise<void> {
  await app.whenReady()
  protect()
  setMenu(process.platform)
  studio = await openStudio({
    dataDir,
    host: 'electron',
    rendererDir: join(here, '../renderer'),
    createData: createDataService,
    log,
  })
  serveApp(studio)
  answerPreload(studio)
  studio.onActivity(createPower(() => window?.webContents ?? null))
  window = createWindow(join(here, '../preload/preload.cjs'))
  window.on('closed', () => (window = null))
}

function focus(): void {
  if (!window) return
  if (window.isMinimized()) window.restore()
  window.focus()
}

registerScheme()
setSwitches(process.platform)
// Chromium's own files lie in the data folder too: another folder is another studio, with its own lock.
mkdirSync(join(dataDir, 'electron'), { recursive: true, mode: 0o700 })
app.setPath('userData', join(dataDir, 'electron'))
if (app.requestSingleInstanceLock()) {
  app.on('second-instance', focus)
  app.on('window-all-closed', () => app.quit())
  app.on('will-quit', (event) => {
    if (!studio) return
    event.preventDefault()
    const open = studio
    studio = null
    void open.close().finally(() => app.quit())
  })
  start().catch((error: unknown) => {
    log(error instanceof Error ? error.message : String(error))
    showStartError(error)
    app.exit(1)
  })
} else {
  app.quit()
}
