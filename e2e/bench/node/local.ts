import type { Backend } from '@engine/backend.ts'
import type { Contender } from '../core/case.ts'
import type { Work } from '../contenders/work.ts'

/** The studio's engine in this very process. */
export function localContender(
  name: string,
  open: () => Promise<Backend>,
  begin: (backend: Backend) => Promise<Work>,
): Contender {
  let backend: Backend | undefined
  let work: Work | undefined
  return {
    get name() {
      return backend?.info.kind === 'cpu' ? `${name}, ${backend.info.adapter}` : name
    },
    async prepare() {
      backend = await open()
      work = await begin(backend)
    },
    run: (times) => work!.run(times),
    async dispose() {
      work?.dispose()
      backend?.destroy()
    },
  }
}
