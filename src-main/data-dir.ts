import { homedir } from 'node:os'
import { join } from 'node:path'

interface Machine {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  home: string
}

const here = (): Machine => ({ platform: process.platform, env: process.env, home: homedir() })

/** The system's place for an application's data: XDG base directories, Library/Application Support, or %APPDATA%. */
export function defaultDataDir({ platform, env, home }: Machine = here()): string {
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'Gradus')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Gradus')
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'gradus')
}
