/**
 * Calls `emit` with the newest value, at most once per `ms`: the first at once, later ones at the end of the interval.
 * `flush` gives out what is waiting and ends the timer.
 */
export function throttle<T>(ms: number, emit: (value: T) => void) {
  let timer: NodeJS.Timeout | undefined
  let waiting: { value: T } | undefined

  function fire(): void {
    timer = undefined
    if (!waiting) return
    const { value } = waiting
    waiting = undefined
    timer = setTimeout(fire, ms)
    timer.unref()
    emit(value)
  }

  return {
    push(value: T): void {
      waiting = { value }
      if (!timer) fire()
    },
    flush(): void {
      clearTimeout(timer)
      timer = undefined
      if (waiting) emit(waiting.value)
      waiting = undefined
    },
  }
}
