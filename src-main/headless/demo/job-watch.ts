import { AppError } from '@shared/contract/errors.ts'
import type { Job } from '@shared/contract/schemas.ts'

/** Waits for the studio's jobs by their events. */
export class JobWatch {
  private readonly latest = new Map<string, Job>()
  private readonly watchers = new Map<string, (job: Job) => void>()

  /** Takes in what was told of a job. */
  note(job: Job): void {
    this.latest.set(job.id, job)
    this.watchers.get(job.id)?.(job)
  }

  /** Resolves to the id of what the job made; `onProgress` gets how it stands. @throws AppError why it made nothing */
  result({ id }: Job, onProgress: (job: Job) => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const watcher = (job: Job) => {
        onProgress(job)
        if (job.state === 'running') return
        this.watchers.delete(id)
        if (job.state === 'done') resolve(job.resultId)
        else reject(new AppError(job.error ?? { code: 'cancelled', message: `${job.label} was cancelled.` }))
      }
      this.watchers.set(id, watcher)
      const known = this.latest.get(id)
      if (known) watcher(known)
    })
  }
}
