import { CLEANING_STEPS, type Build, type CleaningStep, type Made } from '@shared/contract/cleaning.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import { excerpt } from '@shared/formats/read-record.ts'
import { countControls } from '@shared/text/clean/control.ts'
import { Duplicates, type Copy } from '@shared/text/clean/duplicates.ts'
import { labelVariants } from '@shared/text/clean/label-variants.ts'
import { isOn } from '@shared/text/clean/recipe.ts'
import { cleanField, TextCleaner } from '@shared/text/clean/text-cleaner.ts'
import { isBlank } from '@shared/text/is-blank.ts'
import type { StudioRecord } from '@shared/text/records.ts'
import { nextOdd } from '../io/byte-marks.ts'
import type { TextScan } from '../io/text-scan.ts'
import type { JobTools } from '../task.ts'
import { oddReason, OddText } from './odd-text.ts'
import type { Place, Problems } from './problems.ts'
import { contentOf, type Contents, type Sink } from './sink.ts'

const LF = 0x0a
/** Different labels that are counted for variants in case and spaces. */
const LABELS_COUNTED = 10_000

/** UTF-16 units of a field that are enough for an excerpt of its record. */
const EXCERPT_UNITS = 200

/** What is told of a text that the recipe changes or leaves out. */
export type OnChange = (change: { before: string; after: string | null; step: CleaningStep | null }) => void

/** Runs the recipe over what is read, reports what is odd, long, empty or a copy, and hands the rest on to the sink of the purpose. */
export class CleaningSink {
  /** Line ends that were made LF. */
  lineEnds = 0
  private hasProse = false
  private readonly fields = { control: 0, unicode: 0, blankLines: 0 }
  private labelsChanged = 0
  private readonly labels = new Map<string, number>()
  private readonly duplicates: Duplicates
  private readonly cleaner: TextCleaner
  private readonly odd: OddText
  private textPlace: Place | null = null
  /** Whether the recipe leaves a text without odd characters as it is, and nobody wants to be told of changes. */
  private readonly scans: boolean

  constructor(
    private readonly sink: Sink,
    private readonly build: Build,
    private readonly problems: Problems,
    private readonly onChange: OnChange | null = null,
  ) {
    const { recipe } = build
    const { exact, near, nearThreshold } = recipe
    this.duplicates = new Duplicates({ exact, near, nearThreshold, nearLimit: LIMITS.nearDuplicates })
    this.cleaner = new TextCleaner(recipe, this.duplicates, (paragraph, kind) =>
      onChange?.({ before: paragraph, after: null, step: kind }),
    )
    this.odd = new OddText(problems, recipe.control)
    this.scans = recipe.unicode === 'off' && !recipe.blankLines && !onChange && sink.addScanned !== undefined
  }

  add(record: StudioRecord, place: Place): void {
    const { recipe } = this.build
    const report = (kind: 'odd' | 'empty', reason: string, leftOut: boolean) =>
      this.problems.add(kind, place, { reason, excerpt: () => excerptOf(record), leftOut })
    const controlsBefore = this.fields.control
    const cleaned = this.clean(record)
    const controls = recipe.control ? this.fields.control - controlsBefore : sumOf(record, countControls)
    const oddCount = controls + sumOf(record, unreadable)
    if (oddCount > 0) report('odd', oddReason(oddCount, recipe.control), false)
    if (lacksText(cleaned)) {
      return report('empty', 'Nothing is left of it after cleaning.', true)
    }
    const characters = sumOf(cleaned, (field) => field.length)
    if (this.isTooLong(characters, () => cleaned, place)) return
    const copy = this.duplicates.check(contentOf(cleaned))
    if (copy) this.reportCopy('instruction' in cleaned ? 'question' : 'text', () => cleaned, place, copy)
    if (this.onChange) this.tell(record, cleaned, copy)
    if (copy?.leftOut) return
    if ('label' in cleaned) this.countLabel(cleaned.label)
    this.sink.add(cleaned)
  }

  /** Whether {@link takeScan} may take something. */
  get takesScans(): boolean {
    return this.scans && !this.build.recipe.near
  }

  /** A record that is nothing but a text, by one look at its bytes. False where it needs {@link add}, for something may be wrong with it. */
  takeScan(scan: TextScan, place: Place): boolean {
    const first = scan.bytes[0] as number
    // No text is blank that begins with a visible character.
    if (scan.length === 0 || first <= 0x20 || first >= 0x7f) return false
    const record = () => ({ text: scan.beginning(EXCERPT_UNITS) })
    if (scan.odd) this.cleanScan(scan, place)
    // No text has more UTF-16 units than bytes.
    if (scan.length > LIMITS.longRecord && this.isTooLong(scan.units, record, place)) return true
    const copy = this.duplicates.checkPrint(scan.print)
    if (copy) this.reportCopy('text', record, place, copy)
    if (!copy?.leftOut) this.sink.addScanned?.(scan)
    return true
  }

  /** Reports the odd characters of a text, and leaves them out where the recipe says so. */
  private cleanScan(scan: TextScan, place: Place): void {
    const { control } = this.build.recipe
    const { controls, unreadable } = scan.countOdd()
    const reason = oddReason(controls + unreadable, control)
    this.problems.add('odd', place, {
      reason,
      excerpt: () => excerptOf({ text: scan.beginning(EXCERPT_UNITS) }),
      leftOut: false,
    })
    if (!control || controls === 0) return
    this.fields.control += controls
    scan.stripOdd()
  }

  /** Reports a record that is too long; whether it is left out. */
  private isTooLong(characters: number, record: () => StudioRecord, place: Place): boolean {
    if (characters <= LIMITS.longRecord) return false
    const size = characters.toLocaleString('en-US')
    const reason = `It has ${size} characters; a context holds ${LIMITS.longRecord.toLocaleString('en-US')} at most.`
    const leftOut = this.build.dropLong
    this.problems.add('too_long', place, { reason, excerpt: () => excerptOf(record()), leftOut })
    return leftOut
  }

  /** Reports a record that came before. */
  private reportCopy(what: 'text' | 'question', record: () => StudioRecord, place: Place, copy: Copy): void {
    this.problems.add('duplicate', place, {
      reason: `The ${what} is ${copy.kind === 'near' ? 'nearly ' : ''}the same as in an earlier record.`,
      excerpt: () => excerptOf(record()),
      leftOut: copy.leftOut,
    })
  }

  /** {@link addText} as UTF-8, cut between two characters; most of a text is written as it comes. */
  addBytes(bytes: Buffer, place: Place): void {
    if (this.textPlace?.file !== place.file || !this.cleaner.passes(bytes)) return this.addText(bytes.toString(), place)
    if (this.addPlain(bytes)) return
    // Of the lines, only those with odd characters need to be read as text.
    for (let start = 0; start < bytes.length;) {
      const odd = nextOdd(bytes, start, bytes.length)
      const line = odd < 0 ? bytes.length : bytes.lastIndexOf(LF, odd) + 1
      if (line > start) this.addPlain(bytes.subarray(start, line))
      const newline = odd < 0 ? -1 : bytes.indexOf(LF, odd)
      start = newline < 0 ? bytes.length : newline + 1
      if (line < start) this.addText(bytes.toString('utf8', line, start), place)
    }
  }

  /** Hands on text that cleaning leaves as it is; false, and nothing is done, where it holds odd characters. */
  private addPlain(bytes: Buffer): boolean {
    const lines = this.sink.addPlain(bytes)
    if (lines < 0) return false
    this.odd.skip(lines, bytes[bytes.length - 1] === LF)
    return true
  }

  /** Running text of the file at `place`, whose line does not matter. */
  addText(chunk: string, place: Place): void {
    if (this.textPlace?.file !== place.file) this.odd.begin(place)
    this.textPlace = place
    this.hasProse = true
    this.odd.push(chunk)
    const text = this.cleaner.push(chunk)
    if (text !== '') this.sink.addText(text)
  }

  /** A line of running text that is left out. */
  skipLine(place: Place): void {
    this.addText('', place)
    this.odd.skip(1, true)
  }

  endText(): void {
    const text = this.cleaner.end()
    if (text !== '') this.sink.addText(text)
    this.sink.endText()
  }

  finish(name: string, tools: JobTools): Promise<Contents> {
    return this.sink.finish(name, tools)
  }

  abandon(): void {
    this.sink.abandon()
  }

  /** Records and paragraphs left out as copies. */
  get copiesDropped(): number {
    return (this.build.recipe.exact ? this.duplicates.exact : 0) + this.duplicates.near
  }

  /** What was done, as far as it is known here. */
  made(): Pick<Made, 'prose' | 'steps' | 'labelVariants'> {
    const { recipe } = this.build
    const changed = new Map<CleaningStep, number>(this.cleaner.counts().map((one) => [one.step, one.changed]))
    const add = (step: CleaningStep, count: number) => changed.set(step, (changed.get(step) ?? 0) + count)
    add('newlines', this.lineEnds)
    add('control', this.fields.control)
    add('unicode', this.fields.unicode)
    add('blankLines', this.fields.blankLines)
    add('labels', this.labelsChanged)
    add('exact', this.duplicates.exact)
    add('near', this.duplicates.near)
    return {
      prose: this.hasProse,
      steps: CLEANING_STEPS.filter((step) => isOn(recipe, step)).map((step) => ({
        step,
        changed: changed.get(step) ?? 0,
      })),
      labelVariants: labelVariants(this.labels),
    }
  }

  private clean(record: StudioRecord): StudioRecord {
    const field = (text: string) => cleanField(text, this.build.recipe, this.fields)
    if ('instruction' in record) {
      return { instruction: field(record.instruction), input: field(record.input), output: field(record.output) }
    }
    if (!('label' in record)) return { text: field(record.text) }
    const label = field(record.label)
    const { labels } = this.build.recipe
    const known = Object.hasOwn(labels, label) ? (labels[label] ?? label) : label
    if (known !== label) this.labelsChanged++
    return { text: field(record.text), label: known }
  }

  private countLabel(label: string): void {
    if (this.labels.size < LABELS_COUNTED || this.labels.has(label)) {
      this.labels.set(label, (this.labels.get(label) ?? 0) + 1)
    }
  }

  private tell(record: StudioRecord, cleaned: StudioRecord, copy: Copy | null): void {
    const [before, after] = [shown(record), shown(cleaned)]
    if (copy?.leftOut) this.onChange?.({ before, after: null, step: copy.kind })
    else if (before !== after) this.onChange?.({ before, after, step: null })
  }
}

/** The beginning of a record as JSON; a long text need not be written out for that. */
const excerptOf = (record: StudioRecord): string =>
  excerpt(
    JSON.stringify(record, (_, value: unknown) => (typeof value === 'string' ? value.slice(0, EXCERPT_UNITS) : value)),
  )

const shown = (record: StudioRecord): string => Object.values(record).filter(Boolean).join('\n')

/** Replacement characters: what stood there was lost before the file came here. */
const unreadable = (text: string): number => (text.includes('\ufffd') ? text.split('\ufffd').length - 1 : 0)

// Field by field: lists of a record's fields would be made several times a record.
function sumOf(record: StudioRecord, of: (field: string) => number): number {
  if ('instruction' in record) return of(record.instruction) + of(record.input) + of(record.output)
  return of(record.text) + ('label' in record ? of(record.label) : 0)
}

const lacksText = (record: StudioRecord): boolean =>
  'instruction' in record
    ? isBlank(record.instruction) || isBlank(record.output)
    : isBlank(record.text) || ('label' in record && isBlank(record.label))
