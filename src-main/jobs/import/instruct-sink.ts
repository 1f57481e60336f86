import { AppError } from '@shared/contract/errors.ts'
import { RecordSink, type Plan } from './record-sink.ts'
import { assignParts, instructSizes } from './split.ts'

/** Instruction pairs, split by the hash of what is asked: one question is never on two sides, whatever its answers. */
export class InstructSink extends RecordSink {
  protected note(): void {}

  protected plan(name: string): Plan {
    const count = this.records
    if (count < 2) {
      throw new AppError({
        code: 'too_short',
        message: `${name} has one instruction with an answer.`,
        hint: 'At least two are needed, one to learn from and one to check with; some hundreds make sense.',
      })
    }
    const parts = new Uint8Array(count)
    assignParts(
      Array.from({ length: count }, (_, i) => i),
      instructSizes(count, this.build.split),
      this.hashes,
      parts,
    )
    return { parts, classes: [] }
  }
}
