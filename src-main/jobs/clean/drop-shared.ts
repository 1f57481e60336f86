import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import type { Purpose } from '@shared/contract/schemas.ts'
import { TextCounts } from '../import/counts.ts'
import type { Contents } from '../import/sink.ts'
import { PartWriter } from '../io/part-writer.ts'
import type { JobTools } from '../task.ts'
import { partUnits } from './part-units.ts'
import { HeldBack, unitOf } from './shared.ts'

type Counted = Omit<Contents, 'gapBytes'>

/**
 * Leaves out of training what also occurs, as it is or nearly, in validation or test: the held-back parts stay as they are, so that
 * what they measure does not change. `prose` as in {@link unitOf}. Gives the counts of what is left, and how many lines or records went.
 */
export async function dropShared(
  folder: string,
  { purpose, prose }: { purpose: Purpose; prose: boolean },
  contents: Counted,
  tools: JobTools,
): Promise<Counted & { dropped: number }> {
  const unit = unitOf(purpose, prose)
  const extension = purpose === 'pretrain' ? 'txt' : 'jsonl'
  const held = await HeldBack.read(folder, purpose, unit, tools)
  const train = join(folder, 'train')
  const kept = join(folder, 'kept')
  const writer = new PartWriter(kept, extension)
  const lost = new TextCounts()
  const lostLabels = new Map<string, number>()
  let dropped = 0
  try {
    let open = false
    for await (const units of partUnits(folder, 'train', purpose, unit, tools.signal)) {
      for (const { whole, compared, last } of units) {
        if (compared !== null && held.share(compared)) {
          dropped++
          lose(whole, purpose, lost, lostLabels)
        } else {
          writer.append(Buffer.from(whole))
          open = true
        }
        if (last && open) {
          writer.endRecord()
          open = false
        }
      }
      tools.progress({
        phase: 'Looking for shared text',
        done: writer.records,
        total: contents.records.train,
        unit: 'records',
      })
    }
    if (writer.records === 0) throw nothingLeft()
    writer.close()
  } finally {
    writer.abandon()
  }
  for (const ending of [extension, 'index']) {
    rmSync(`${train}.${ending}`)
    renameSync(`${kept}.${ending}`, `${train}.${ending}`)
  }
  return {
    characters: contents.characters - lost.characters,
    bytes: contents.bytes - lost.bytes,
    lines: contents.lines - lost.lines,
    words: contents.words - lost.words,
    records: { ...contents.records, train: writer.records },
    textBytes: purpose === 'pretrain' ? { ...contents.textBytes, train: writer.bytes } : contents.textBytes,
    classes: contents.classes.map(({ label, counts }) => ({
      label,
      counts: { ...counts, train: counts.train - (lostLabels.get(label) ?? 0) },
    })),
    dropped,
  }
}

function lose(whole: string, purpose: Purpose, lost: TextCounts, labels: Map<string, number>): void {
  if (purpose === 'pretrain') {
    lost.add(Buffer.from(whole))
    return lost.endText()
  }
  const record = JSON.parse(whole) as Record<string, string>
  for (const field of Object.values(record)) {
    lost.add(Buffer.from(field))
    lost.endText()
  }
  const { label } = record
  if (label !== undefined) labels.set(label, (labels.get(label) ?? 0) + 1)
}

const nothingLeft = () =>
  new AppError({
    code: 'too_short',
    message: 'All of the training text also occurs in the validation text; nothing would be left to learn from.',
    hint: 'Leave out copies in the Clean step first, or keep the shared text.',
  })
