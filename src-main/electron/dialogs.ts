import { dialog, ipcMain, shell } from 'electron'
import { AppError, toErrorData } from '@shared/contract/errors.ts'
import * as v from 'valibot'
import type { Studio } from '../app/studio.ts'
import { CHANNELS, type CallResult } from '../preload/channels.ts'
import { checkSender } from './security.ts'

const pathSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768))

/** A privileged call: behind the gate, its failure told as data, since a rejection would cross with Electron's own words. */
function answer(channel: string, run: (argument: unknown) => Promise<string>): void {
  ipcMain.handle(channel, async (event, argument: unknown): Promise<CallResult> => {
    try {
      checkSender(event)
      return { value: await run(argument) }
    } catch (error) {
      return { error: toErrorData(error).message }
    }
  })
}

/** Answers the preload's two calls. */
export function answerPreload(studio: Pick<Studio, 'registerPath' | 'dataDir'>): void {
  answer(CHANNELS.registerFile, async (path) => {
    const parsed = v.safeParse(pathSchema, path)
    if (!parsed.success) throw new AppError({ code: 'bad_request', message: 'This is not a file on this machine.' })
    return (await studio.registerPath(parsed.output)).id
  })
  answer(CHANNELS.revealDataDir, async () => {
    const failure = await shell.openPath(studio.dataDir)
    if (failure !== '') throw new AppError({ code: 'io', message: failure })
    return studio.dataDir
  })
}

/** Why the studio could not be opened, in a window of the system's. */
export function showStartError(error: unknown): void {
  const { message, hint } = toErrorData(error)
  dialog.showErrorBox('Gradus cannot start', hint ? `${message}\n\n${hint}` : message)
}
