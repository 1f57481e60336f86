import { cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'

/**
 * How busy other processes keep the machine: what its cores do while all contenders rest. Without that, nobody who reads a figure knows whether it
 * was taken on a quiet machine.
 */
export class OthersMeter {
  private busy = 0
  private all = 0

  /** Waits `ms`, in which no contender works. */
  async rest(ms: number): Promise<void> {
    const before = coreTimes()
    await setTimeout(ms)
    const after = coreTimes()
    this.busy += after.busy - before.busy
    this.all += after.all - before.all
  }

  /** Share of all cores' time that others used, 0 .. 1; null when nothing was measured. */
  get share(): number | null {
    return this.all > 0 ? this.busy / this.all : null
  }
}

/** Milliseconds of all cores since the system started, by its own ticks (10 ms on Linux). */
function coreTimes(): { busy: number; all: number } {
  let [busy, all] = [0, 0]
  for (const { times } of cpus()) {
    const working = times.user + times.nice + times.sys + times.irq
    busy += working
    all += working + times.idle
  }
  return { busy, all }
}
