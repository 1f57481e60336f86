import { toErrorData, type AppErrorData, type ErrorCode } from '@shared/contract/errors.ts'

/** HTTP status of every error code; the body says the rest. */
const STATUS: Record<ErrorCode, number> = {
  bad_request: 400,
  unauthorized: 401,
  not_found: 404,
  too_large: 413,
  busy: 409,
  cancelled: 409,
  empty_file: 422,
  binary_file: 422,
  bad_encoding: 422,
  missing_columns: 422,
  malformed: 422,
  one_class: 422,
  too_short: 422,
  unsupported: 422,
  corrupt: 422,
  diverged: 422,
  no_gpu: 422,
  gpu_lost: 422,
  out_of_memory: 422,
  disk_full: 507,
  io: 500,
  internal: 500,
}

/** Error data as a response; `status` where the code's own is not the exact one. */
export const errorResponse = (data: AppErrorData, status = STATUS[data.code]): Response =>
  Response.json(data, { status })

/** Any thrown value as a response; what was not thrown on purpose is also told to the log. */
export function thrownResponse(error: unknown, log: (line: string) => void): Response {
  const data = toErrorData(error)
  if (data.code === 'internal') log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return errorResponse(data)
}
