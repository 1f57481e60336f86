import { routes, TOKEN_HEADER, type Input, type Method, type Output } from '@shared/contract/api.ts'
import { AppError, appErrorSchema } from '@shared/contract/errors.ts'
import * as v from 'valibot'

/** Calls main's methods and moves its bytes. Every failure is an AppError in main's own words. */
export class MainClient {
  constructor(
    private readonly baseUrl: string,
    private readonly token: string,
    private readonly fetcher: typeof fetch = (...args) => fetch(...args),
  ) {}

  async call<M extends Method>(method: M, input: Input<M>): Promise<Output<M>> {
    const response = await this.send(routes.rpc(method), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    })
    return (await response.json()) as Output<M>
  }

  /** A whole file. */
  async bytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await this.send(path)).arrayBuffer())
  }

  /** `length` bytes of a file from `offset` on. */
  async range(path: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.send(path, { headers: { range: `bytes=${offset}-${offset + length - 1}` } })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (bytes.length !== length) {
      throw new AppError({
        code: 'io',
        message: `Read ${bytes.length} bytes of ${path} where ${length} were expected.`,
        hint: 'The file may have been changed or cut. Import the data again.',
      })
    }
    return bytes
  }

  /** Writes a part of at most LIMITS.partBytes. A Blob body streams; an ArrayBuffer is ten times slower under browser automation. */
  async put(path: string, part: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.send(path, { method: 'PUT', body: new Blob([part]) })
  }

  /** Fetches a path of main's with the token; rejects unless the answer is a success. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set(TOKEN_HEADER, this.token)
    let response: Response
    try {
      response = await this.fetcher(this.baseUrl + path, { ...init, headers })
    } catch {
      throw new AppError({
        code: 'io',
        message: 'The studio cannot be reached.',
        hint: 'Its main process may have been closed. Start it again; the run continues from its last checkpoint.',
      })
    }
    if (response.ok) return response
    const parsed = v.safeParse(appErrorSchema, await response.json().catch(() => null))
    throw new AppError(
      parsed.success
        ? parsed.output
        : { code: 'io', message: `${path} answered ${response.status} ${response.statusText}.` },
    )
  }
}
