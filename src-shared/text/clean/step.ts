/** A change to a text that comes in chunks. What it gives back, put together, is the changed text. */
export interface TextStep {
  push(chunk: string): string
  /** The rest, once everything was pushed; the step begins anew with the next text. */
  end(): string
  /** Places, characters or lines changed so far, over all texts. */
  readonly changed: number
}
