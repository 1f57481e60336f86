import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Build } from '@shared/contract/cleaning.ts'
import type { Dataset, Purpose, Starter } from '@shared/contract/schemas.ts'
import { generateStarter, starters } from '@shared/starter/index.ts'
import { syncTree } from '../../fs/atomic.ts'
import { throwIfCancelled } from '../cancel.ts'
import { dropShared } from '../clean/drop-shared.ts'
import type { ImportTask, JobTools } from '../task.ts'
import { ClassifySink } from './classify-sink.ts'
import { CleaningSink } from './cleaning-sink.ts'
import { hashParts } from './hash-parts.ts'
import { InstructSink } from './instruct-sink.ts'
import { keepSources } from './keep-source.ts'
import { Problems } from './problems.ts'
import { readFiles } from './read-files.ts'
import type { Sink } from './sink.ts'
import { TextSink } from './text-sink.ts'

const SINKS: Record<Purpose, new (folder: string, build: Build) => Sink> = {
  pretrain: TextSink,
  instruct: InstructSink,
  classify: ClassifySink,
}

/**
 * Keeps the files (or takes a starter set), reads them once as streams, and leaves the parts of a dataset in `task.folder`. A row that
 * cannot be used is counted and passed over; what is wrong with a file as a whole ends the import with an AppError that names the file.
 */
export async function importDataset(task: ImportTask, tools: JobTools): Promise<Dataset> {
  const { build, edits, folder, purpose } = task
  const problems = new Problems(folder)
  const sink = new CleaningSink(new SINKS[purpose](folder, build), build, problems)
  try {
    const starter = 'starter' in task.from ? task.from.starter : null
    const files = 'files' in task.from ? await keepSources(task.from.files, folder, tools) : []
    const { sources, repaired } = await readFiles(files, { purpose, sink, problems, build, edits }, tools)
    if (starter !== null) await readStarter(starter, sink, tools)
    const { gapBytes, ...contents } = await sink.finish(task.name, tools)
    const { dropped, ...counts } = build.split.dropShared
      ? await dropShared(folder, { purpose, prose: sink.made().prose }, contents, tools)
      : { ...contents, dropped: 0 }
    const report = problems.finish()
    writeFileSync(join(folder, 'edits.json'), JSON.stringify(edits))
    // The disk is waited for while the parts are hashed.
    const synced = syncTree(folder)
    synced.catch(() => {})
    const parts = hashParts(folder, purpose, tools.signal)
    await synced
    return {
      id: task.id,
      name: task.name,
      purpose,
      status: 'ready',
      createdAt: task.createdAt,
      starter,
      sources,
      seed: build.seed,
      ...counts,
      duplicatesDropped: sink.copiesDropped,
      problems: { total: problems.total, kept: problems.kept },
      licence: task.licence,
      made: {
        ...sink.made(),
        build,
        problems: report,
        repaired,
        edits: edits.length,
        gapBytes,
        sharedDropped: dropped,
        parts,
        basedOn: task.basedOn,
      },
    }
  } finally {
    problems.abandon()
    sink.abandon()
  }
}

/** Records between two looks at whether the job was cancelled. */
const STARTER_BATCH = 500

async function readStarter(id: Starter['id'], sink: CleaningSink, { signal, progress }: JobTools): Promise<void> {
  const { records: total = 0, name = '' } = starters.find((starter) => starter.id === id) ?? {}
  let done = 0
  for (const record of generateStarter(id)) {
    sink.add(record, { file: 0, name, line: ++done })
    if (done % STARTER_BATCH > 0) continue
    progress({ phase: 'Writing the starter set', done, total, unit: 'records' })
    // A turn of the event loop, in which a cancel can arrive.
    await new Promise((resolve) => setImmediate(resolve))
    throwIfCancelled(signal)
  }
}
