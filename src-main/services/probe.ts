import { probeFile } from '../jobs/import/probe.ts'
import type { SourceService } from './context.ts'
import type { Handlers } from './handlers.ts'

export const createProbe = (sources: SourceService): Pick<Handlers, 'sources.probe'> => ({
  'sources.probe': async ({ id, encoding }) => {
    const { source, path } = sources.get(id)
    return probeFile(path, source, encoding)
  },
})
