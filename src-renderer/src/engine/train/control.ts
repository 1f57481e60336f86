/** The person's hand on a run: pause, go on, stop. Outlives the trainer when a lost device has to be opened again. */
export class TrainControl {
  private waiting: (() => void)[] = []
  private state: 'go' | 'paused' | 'stop' = 'go'

  get paused(): boolean {
    return this.state === 'paused'
  }

  /** Set by stop(), for good. */
  get stopping(): boolean {
    return this.state === 'stop'
  }

  pause(): void {
    if (this.state === 'go') this.state = 'paused'
  }

  continue(): void {
    if (this.state === 'paused') this.set('go')
  }

  /** Asks for a last checkpoint and the end; also ends a pause. */
  stop(): void {
    this.set('stop')
  }

  /** Resolves when the pause is over, by continue() or by stop(). */
  async resumed(): Promise<void> {
    while (this.paused) await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  private set(state: 'go' | 'stop'): void {
    this.state = state
    const waiting = this.waiting
    this.waiting = []
    for (const resolve of waiting) resolve()
  }
}
