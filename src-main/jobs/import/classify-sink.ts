import { AppError } from '@shared/contract/errors.ts'
import type { StudioRecord } from '@shared/text/records.ts'
import { RecordSink, type Plan } from './record-sink.ts'
import { assignParts, classSizes, PARTS, type Part } from './split.ts'

/** More different labels than this are a sign of a wrong column. */
const MAX_CLASSES = 1000

/** Labelled texts, split evenly in every class by the hash of the text. */
export class ClassifySink extends RecordSink {
  private readonly members = new Map<string, number[]>()

  protected note(record: StudioRecord): void {
    if (!('label' in record)) throw new Error('a labelled text was expected')
    const members = this.members.get(record.label)
    if (members) members.push(this.records)
    else this.members.set(record.label, [this.records])
  }

  protected plan(name: string): Plan {
    const labels = [...this.members.keys()].sort()
    this.check(name, labels)
    const parts = new Uint8Array(this.records)
    const classes = labels.map((label) => {
      const members = this.members.get(label) ?? []
      assignParts(members, classSizes(members.length, this.build.split), this.hashes, parts)
      const counts = { train: 0, val: 0, test: 0 }
      for (const member of members) counts[PARTS[parts[member] as number] as Part]++
      return { label, counts }
    })
    return { parts, classes }
  }

  private check(name: string, labels: string[]): void {
    if (labels.length < 2) {
      throw new AppError({
        code: 'one_class',
        message: `${name} has only one class: every label is “${labels[0] ?? ''}”.`,
        hint: 'Add texts of at least one other class, or choose another column as label.',
      })
    }
    if (labels.length > MAX_CLASSES) {
      throw new AppError({
        code: 'unsupported',
        message: `${name} has ${labels.length.toLocaleString('en-US')} different labels; at most ${MAX_CLASSES.toLocaleString('en-US')} can be learned.`,
        hint: 'Choose the column that holds the class as label.',
      })
    }
    if (![...this.members.values()].some((members) => members.length >= 3)) {
      throw new AppError({
        code: 'too_short',
        message: `${name} has at most two texts in each class.`,
        hint: 'At least three texts of a class are needed: to learn from, to check with and to test; some dozens make sense.',
      })
    }
  }
}
