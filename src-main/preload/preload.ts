import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { HostSurface } from '@shared/contract/surface.ts'
import { CHANNELS, type CallResult } from './channels.ts'

async function invoke(channel: string, ...input: string[]): Promise<string> {
  const result = (await ipcRenderer.invoke(channel, ...input)) as CallResult
  if ('error' in result) throw new Error(result.error)
  return result.value
}

/** All that a page gets beyond fetch. The path of a file goes straight to main and is never seen by the page. */
const surface: HostSurface = {
  platform: process.platform,
  registerFile: (file) => invoke(CHANNELS.registerFile, webUtils.getPathForFile(file)),
  revealDataDir: async () => void (await invoke(CHANNELS.revealDataDir)),
}

contextBridge.exposeInMainWorld('gradus', surface)
