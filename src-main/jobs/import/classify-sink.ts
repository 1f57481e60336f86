import { AppError } from '@shared/contract/errors.ts'
import type { StudioRecord } from '@shared/text/records.ts'
import { RecordSink, SeenTexts, type Plan } from './record-sink.ts'
import { assignParts, classSizes } from './split.ts'

/** More different labels than this are a sign of a wrong column. */
const MAX_CLASSES = 1000

/** Labelled texts: 70 / 10 / 20 % of every class, drawn by the seed; of equal texts only the first is kept. */
export class ClassifySink extends RecordSink {
  private readonly seen = new SeenTexts()
  private readonly members = new Map<string, number[]>()

  constructor(
    folder: string,
    private readonly seed: number,
  ) {
    super(folder)
  }

  protected note(record: StudioRecord): boolean {
    if (!('label' in record)) throw new Error('a labelled text was expected')
    if (!this.seen.add(record.text)) return false
    const members = this.members.get(record.label)
    if (members) members.push(this.records)
    else this.members.set(record.label, [this.records])
    return true
  }

  protected plan(name: string): Plan {
    const labels = [...this.members.keys()].sort()
    this.check(name, labels)
    const parts = new Uint8Array(this.records)
    const classes = labels.map((label, i) => {
      const members = this.members.get(label) ?? []
      const counts = classSizes(members.length)
      assignParts(members, counts, this.seed + i, parts)
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
