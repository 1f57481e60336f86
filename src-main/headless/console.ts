import type { EventEmitter } from 'node:events'
import { toErrorData } from '@shared/contract/errors.ts'

/** Runs a command to its exit code; an error becomes two readable lines on stderr. */
export async function runCommand(command: () => Promise<number>): Promise<number> {
  stopWithoutReader([process.stdout, process.stderr])
  try {
    return await command()
  } catch (thrown) {
    const { message, hint } = toErrorData(thrown)
    process.stderr.write(`gradus: ${message}\n${hint ? `        ${hint}\n` : ''}`)
    return 1
  }
}

/**
 * Who reads the output may leave, as `head` and `less` do. That stops a command as Ctrl-C does, so that it saves its work, or at once where it has
 * nothing to save.
 */
export function stopWithoutReader(outputs: readonly EventEmitter[], exit: () => void = () => process.exit(0)): void {
  let left = false
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (left) return
    left = true
    if (!process.emit('SIGINT')) exit()
  }
  for (const output of outputs) output.on('error', onError)
}
