import { parseArgs } from 'node:util'
import { AppError } from '@shared/contract/errors.ts'

interface Flag {
  kind: 'text' | 'number' | 'integer' | 'switch'
  /** What it takes, for the help text. */
  value?: string
  help: string
  required?: boolean
  oneOf?: readonly string[]
  min?: number
  max?: number
}

export type Flags = Record<string, Flag>

export type Values<F extends Flags> = {
  [K in keyof F]: F[K]['kind'] extends 'switch'
    ? boolean
    : Given<F[K]> | (F[K]['required'] extends true ? never : undefined)
}

type Given<F extends Flag> = F extends { oneOf: readonly (infer Choice)[] }
  ? Choice
  : F['kind'] extends 'text'
    ? string
    : number

/** Command line arguments by a table of flags. Throws 'bad_request' naming the flag, what it got and what it takes. */
export function readFlags<F extends Flags>(flags: F, args: string[]): Values<F> {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      { type: flag.kind === 'switch' ? 'boolean' : 'string' } as const,
    ]),
  )
  let raw: Record<string, string | boolean | undefined>
  try {
    raw = parseArgs({ args, options, strict: true }).values
  } catch (error) {
    throw wrong((error as Error).message.split('. ')[0]!)
  }
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => {
      const given = raw[name]
      if (flag.kind === 'switch') return [name, given === true]
      if (given === undefined && flag.required) throw wrong(`--${name} ${flag.value} is missing: ${flag.help}`)
      return [name, typeof given === 'string' ? checked(name, flag, given) : undefined]
    }),
  ) as Values<F>
}

/** One line per flag. */
export function helpText(usage: string, flags: Flags): string {
  const left = Object.entries(flags).map(([name, f]) => `--${name}${f.value ? ` ${f.value}` : ''}`)
  const width = Math.max(...left.map((l) => l.length)) + 2
  const lines = Object.values(flags).map((f, i) => `  ${left[i]!.padEnd(width)}${f.help}`)
  return `${usage}\n\n${lines.join('\n')}`
}

function checked(name: string, flag: Flag, given: string): string | number {
  if (flag.kind === 'text') {
    if (flag.oneOf && !flag.oneOf.includes(given))
      throw wrong(`--${name} is ${flag.oneOf.join(' or ')}, not "${given}"`)
    return given
  }
  const value = Number(given)
  const { min, max } = flag
  const range = (min === undefined ? '' : ` from ${min}`) + (max === undefined ? '' : ` to ${max}`)
  const fits =
    given.trim() !== '' &&
    (flag.kind === 'integer' ? Number.isInteger(value) : Number.isFinite(value)) &&
    value >= (min ?? -Infinity) &&
    value <= (max ?? Infinity)
  if (!fits) throw wrong(`--${name} takes a ${flag.kind === 'integer' ? 'whole ' : ''}number${range}, not "${given}"`)
  return value
}

const wrong = (message: string) =>
  new AppError({ code: 'bad_request', message, hint: 'Run it with --help for all flags.' })
