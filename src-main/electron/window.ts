import { BrowserWindow, Menu, type MenuItemConstructorOptions, type WebPreferences } from 'electron'
import { ORIGIN } from './protocol.ts'

/** What a page of the studio may do: nothing that a page in a browser could not. (Electron security checklist, 2 to 10.) */
const webPreferences = (preload: string): WebPreferences => ({
  preload,
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  // The spell checker would fetch dictionaries.
  spellcheck: false,
})

/** The studio's only window. Shown once painted, so that no white flash is seen. */
export function createWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 840,
    minWidth: 900,
    minHeight: 600,
    title: 'Gradus',
    show: false,
    autoHideMenuBar: true,
    webPreferences: webPreferences(preload),
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(`${ORIGIN}/`)
  return window
}

/** Only the roles that editing and the window need: Electron's default menu links to pages on the web. */
export function setMenu(platform: NodeJS.Platform): void {
  const roles = ['editMenu', 'viewMenu', 'windowMenu'] as const
  const template: MenuItemConstructorOptions[] = roles.map((role) => ({ role }))
  if (platform === 'darwin') template.unshift({ role: 'appMenu' })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
