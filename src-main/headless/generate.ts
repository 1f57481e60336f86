import { runCommand } from './console.ts'
import { generateCommand } from './generate-command.ts'

process.exit(await runCommand(() => generateCommand(process.argv.slice(2))))
