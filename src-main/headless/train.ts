import { runCommand } from './console.ts'
import { trainCommand } from './train-command.ts'

process.exit(await runCommand(() => trainCommand(process.argv.slice(2))))
