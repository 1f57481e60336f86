import { runCommand } from './console.ts'
import { parityCommand } from './parity-command.ts'

process.exit(await runCommand(() => parityCommand(process.argv.slice(2))))
