/** Runs functions of the same key one after the other; those of different keys side by side. */
export function createMutex() {
  const tails = new Map<string, Promise<unknown>>()
  return function exclusive<T>(key: string, run: () => Promise<T>): Promise<T> {
    const result = (tails.get(key) ?? Promise.resolve()).then(run)
    const tail = result.catch(() => undefined)
    tails.set(key, tail)
    void tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key)
    })
    return result
  }
}
