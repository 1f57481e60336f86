// How threads share a program: tasks are handed out by one counter, and a barrier stands after every command.
// All of it lies in a few words at the bottom of the shared memory, each in a cache line of its own.

/** Raised by whoever comes last to a barrier; the others wait for that. */
const GENERATION: usize = 64
const ARRIVED: usize = 128
const NEXT_TASK: usize = 192
const SLEEPERS: usize = 256
/** Address of the program to run; 0 tells helper threads to end. */
export const PROGRAM: usize = 320
/** Set by a helper thread that failed, so that nobody waits for it. */
export const FAILED: usize = 384

/** Looks at the generation this often before going to sleep: some 50 us, longer than the usual wait, shorter than a time slice. */
const SPINS: i32 = 20000
const SECOND: i64 = 1000000000

let threads: i32 = 1
let thread: i32 = 0
let single_task: i32 = 0

export function setThread(index: i32, count: i32): void {
  thread = index
  threads = count
}

// @ts-ignore: decorator
@inline
export function threadIndex(): i32 {
  return thread
}

/** Number of the next task that nobody has taken yet. */
// @ts-ignore: decorator
@inline
export function takeTask(): i32 {
  if (ASC_FEATURE_THREADS) return atomic.add<i32>(NEXT_TASK, 1)
  return single_task++
}

/** Returns when every thread has come here; what they wrote before is visible to all. */
export function barrier(): void {
  if (!ASC_FEATURE_THREADS) {
    single_task = 0
    return
  }
  if (threads == 1) {
    atomic.store<i32>(NEXT_TASK, 0)
    return
  }
  const generation = atomic.load<i32>(GENERATION)
  if (atomic.add<i32>(ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(ARRIVED, 0)
    atomic.store<i32>(NEXT_TASK, 0)
    atomic.store<i32>(GENERATION, generation + 1)
    if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(GENERATION, -1)
  } else waitPast(generation)
}

function waitPast(generation: i32): void {
  for (let i = 0; i < SPINS; i++) {
    if (atomic.load<i32>(GENERATION) != generation) return
  }
  atomic.add<i32>(SLEEPERS, 1)
  while (atomic.load<i32>(GENERATION) == generation) {
    atomic.wait<i32>(GENERATION, generation, SECOND)
    if (atomic.load<i32>(FAILED) != 0) unreachable()
  }
  atomic.sub<i32>(SLEEPERS, 1)
}
