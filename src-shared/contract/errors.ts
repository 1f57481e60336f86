import * as v from 'valibot'

/** The closed set of error codes that cross the contract. An error is data, never a stack. */
export const ERROR_CODES = [
  'bad_request',
  'unauthorized',
  'not_found',
  'too_large',
  'empty_file',
  'binary_file',
  'bad_encoding',
  'missing_columns',
  'malformed',
  'one_class',
  'too_short',
  'unsupported',
  'corrupt',
  'disk_full',
  'busy',
  'cancelled',
  'no_gpu',
  'gpu_lost',
  'out_of_memory',
  'diverged',
  'io',
  'internal',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export const appErrorSchema = v.object({
  code: v.picklist(ERROR_CODES),
  /** What happened, in plain words, naming the file and line where there is one. */
  message: v.string(),
  /** What was expected, and what the person can do. */
  hint: v.optional(v.string()),
  /** Facts for the "Details" fold: never a stack trace. */
  details: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
})

export type AppErrorData = v.InferOutput<typeof appErrorSchema>

/** The one error type thrown on purpose anywhere in the studio; it survives the contract as {@link AppErrorData}. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: AppErrorData['details']

  constructor(data: AppErrorData) {
    super(data.message)
    this.name = 'AppError'
    this.code = data.code
    this.hint = data.hint
    this.details = data.details
  }

  toData(): AppErrorData {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.details === undefined ? {} : { details: this.details }),
    }
  }
}

/** Any thrown value as error data; a foreign error keeps its message and gets a code from its errno where it has one. */
export function toErrorData(error: unknown): AppErrorData {
  if (error instanceof AppError) return error.toData()
  const errno = (error as { code?: unknown } | null)?.code
  const message = error instanceof Error ? error.message : String(error)
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return { code: 'disk_full', message: 'The disk is full.', hint: 'Free some space, then try again.' }
  }
  if (errno === 'EACCES' || errno === 'EPERM') {
    return { code: 'io', message, hint: 'Check that this file or folder may be read and written by you.' }
  }
  if (typeof errno === 'string') return { code: 'io', message, details: { errno } }
  return { code: 'internal', message, hint: 'This is a fault in the studio. The text above says what it met.' }
}
