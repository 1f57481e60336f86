import { toErrorData } from '@shared/contract/errors.ts'

/** Runs a command to its exit code; an error becomes two readable lines on stderr. */
export async function runCommand(command: () => Promise<number>): Promise<number> {
  try {
    return await command()
  } catch (thrown) {
    const { message, hint } = toErrorData(thrown)
    process.stderr.write(`gradus: ${message}\n${hint ? `        ${hint}\n` : ''}`)
    return 1
  }
}
