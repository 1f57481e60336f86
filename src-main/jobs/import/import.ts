import type { Dataset, Purpose, Starter } from '@shared/contract/schemas.ts'
import { generateStarter, starters } from '@shared/starter/index.ts'
import { throwIfCancelled } from '../cancel.ts'
import type { ImportFile, ImportTask, JobTools } from '../task.ts'
import { ClassifySink } from './classify-sink.ts'
import { InstructSink } from './instruct-sink.ts'
import { Problems } from './problems.ts'
import { readFile } from './read-file.ts'
import type { Sink } from './sink.ts'
import { TextSink } from './text-sink.ts'

const SINKS: Record<Purpose, new (folder: string, seed: number) => Sink> = {
  pretrain: TextSink,
  instruct: InstructSink,
  classify: ClassifySink,
}

/**
 * Reads files (or a starter set) once, as streams, and leaves the parts of a dataset in `task.folder`. A row that cannot be used is counted
 * and passed over; what is wrong with a file as a whole ends the import with an AppError that names the file.
 */
export async function importDataset(task: ImportTask, tools: JobTools): Promise<Dataset> {
  const sink = new SINKS[task.purpose](task.folder, task.seed)
  try {
    const problems = new Problems()
    const starter = 'starter' in task.from ? task.from.starter : null
    const sources = 'files' in task.from ? await readFiles(task.from.files, task.purpose, sink, problems, tools) : []
    if (starter !== null) await readStarter(starter, sink, tools)
    const contents = await sink.finish(task.name, tools)
    return {
      id: task.id,
      name: task.name,
      purpose: task.purpose,
      status: 'ready',
      createdAt: task.createdAt,
      starter,
      sources,
      seed: task.seed,
      ...contents,
      problems: { total: problems.total, kept: problems.kept },
    }
  } finally {
    sink.abandon()
  }
}

async function readFiles(
  files: ImportFile[],
  purpose: Purpose,
  sink: Sink,
  problems: Problems,
  { signal, progress }: JobTools,
): Promise<Dataset['sources']> {
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  const sources: Dataset['sources'] = []
  let before = 0
  for (const file of files) {
    const phase = `Reading ${file.name}`
    const onBytes = (bytes: number) => progress({ phase, done: Math.min(total, before + bytes), total, unit: 'bytes' })
    onBytes(0)
    sources.push(await readFile(file, { purpose, sink, problems, signal, onBytes }))
    before += file.bytes
  }
  return sources
}

/** Records between two looks at whether the job was cancelled. */
const STARTER_BATCH = 500

async function readStarter(id: Starter['id'], sink: Sink, { signal, progress }: JobTools): Promise<void> {
  const total = starters.find((starter) => starter.id === id)?.records ?? 0
  let done = 0
  for (const record of generateStarter(id)) {
    sink.add(record)
    if (++done % STARTER_BATCH > 0) continue
    progress({ phase: 'Writing the starter set', done, total, unit: 'records' })
    // A turn of the event loop, in which a cancel can arrive.
    await new Promise((resolve) => setImmediate(resolve))
    throwIfCancelled(signal)
  }
}
