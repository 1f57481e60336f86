import { basename } from 'node:path'
import { createContext } from '../../services/context.ts'
import { createDataService } from '../../services/data.ts'
import { createSources } from '../../services/sources.ts'
import { createThreadRunner } from '../thread-runner.ts'

/** Imports a file into a data folder, in a process that a test can kill: DATA_DIR FILE JOB_ENTRY. */
const [dataDir, file, entry] = process.argv.slice(2) as [string, string, string]
const ctx = createContext(dataDir, console.error)
const sources = createSources(ctx)
const data = createDataService(
  ctx,
  sources,
  createThreadRunner(() => entry),
)
const { id } = await sources.registerPath(file)
const { encoding, roles } = await data['sources.probe']({ id })
await data['datasets.import']({
  name: basename(file),
  purpose: 'pretrain',
  files: [{ sourceId: id, encoding, roles }],
  seed: 123,
})
