import { runCommand } from './console.ts'
import { demoCommand } from './demo-command.ts'

process.exit(await runCommand(() => demoCommand(process.argv.slice(2))))
