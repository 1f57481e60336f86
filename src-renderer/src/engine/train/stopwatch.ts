/** Adds up time while it runs. Milliseconds. */
export class Stopwatch {
  private startedAt: number | null = null

  constructor(
    private total: number,
    private readonly now: () => number,
  ) {}

  get elapsed(): number {
    return this.total + (this.startedAt === null ? 0 : this.now() - this.startedAt)
  }

  start(): void {
    this.startedAt ??= this.now()
  }

  stop(): void {
    this.total = this.elapsed
    this.startedAt = null
  }
}

/** Tokens per second over the last few seconds of training time. */
export class Throughput {
  private readonly points: { at: number; tokens: number }[] = []
  private tokens = 0

  constructor(
    start: number,
    private readonly windowMs = 5000,
  ) {
    this.points.push({ at: start, tokens: 0 })
  }

  /** Notes `tokens` more at training time `at` and gives the present rate. */
  add(at: number, tokens: number): number {
    this.tokens += tokens
    this.points.push({ at, tokens: this.tokens })
    while (this.points.length > 2 && this.points[1]!.at <= at - this.windowMs) this.points.shift()
    const first = this.points[0]!
    return at > first.at ? (1000 * (this.tokens - first.tokens)) / (at - first.at) : 0
  }
}
