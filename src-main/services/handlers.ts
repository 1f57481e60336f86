import type { Method, Output, ParsedInput } from '@shared/contract/api.ts'

/** One function per method of the contract; leaving one out is a compile error. */
export type Handlers = { [M in Method]: (input: ParsedInput<M>) => Promise<Output<M>> }

/** Methods that services/data.ts answers. */
type DataMethod =
  | 'sources.probe'
  | Extract<
      Method,
      | `starters.${string}`
      | `datasets.${string}`
      | `tokenizers.${string}`
      | `tokens.${string}`
      | `statistics.${string}`
      | `jobs.${string}`
    >

/** What createDataService(ctx, sources) in services/data.ts returns. */
export type DataHandlers = Pick<Handlers, DataMethod>
