import { parseArgs } from 'node:util'
import { AppError } from '@shared/contract/errors.ts'
import { defaultDataDir } from '../data-dir.ts'

export interface WebOptions {
  dataDir: string
  /** 0 takes a free one. */
  port: number
  /** Whether to open the installed browser. */
  open: boolean
}

/** The command line of the web host: --data-dir DIR, --port N, --open. AppError 'bad_request' for anything else. */
export function parseOptions(args: string[]): WebOptions {
  const { values } = (() => {
    try {
      return parseArgs({
        args,
        options: {
          'data-dir': { type: 'string' },
          port: { type: 'string' },
          open: { type: 'boolean', default: false },
        },
      })
    } catch (error) {
      throw new AppError({ code: 'bad_request', message: (error as Error).message })
    }
  })()
  const port = Number(values.port ?? 0)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new AppError({ code: 'bad_request', message: `--port takes a number from 0 to 65535, not “${values.port}”.` })
  }
  return { dataDir: values['data-dir'] || defaultDataDir(), port, open: values.open }
}
