// How threads share a program: the tasks of one command at a time are handed out by tickets, and whoever finishes the last of them opens
// the next command. A thread that holds no task is waited for by nobody: one that still sleeps, or that the system lets something else run
// before, holds nothing up. All of it lies in a few words at the bottom of the shared memory, each in a cache line of its own.

/** The open command's number (high half) and the next ticket: in one word, so that nobody takes a task of a command that was followed by another. */
const TICKET: usize = 64
/** Tasks of the open command that are done. */
const DONE: usize = 128
/** Number of the open command, written after its ticket; what threads without a task wait for. */
const OPEN: usize = 192
const SLEEPERS: usize = 256
/** Address of the program that the commands belong to, and number of its first; 0 tells helper threads to end. */
export const PROGRAM: usize = 320
export const FIRST: usize = 324
/** Set by a helper thread that failed, so that nobody waits for it. */
const FAILED: usize = 384

/** Tickets of a command count up to this; from here on they stand for no task. */
const NONE: i32 = i32.MIN_VALUE

/** Looks for the next command this often before going to sleep: some 50 us, longer than the usual wait, shorter than a time slice. */
const SPINS: i32 = 20000
const SECOND: i64 = 1000000000

let threads: i32 = 1
let thread: i32 = 0

/** Thread 0 is first: it makes the pool ready for the others. */
export function setThread(index: i32, count: i32): void {
  thread = index
  threads = count
  if (index == 0 && !alone()) openCommand(0, 0)
}

// @ts-ignore: decorator
@inline
export function threadIndex(): i32 {
  return thread
}

/** Whether there is nobody to share with. */
// @ts-ignore: decorator
@inline
export function alone(): bool {
  return !ASC_FEATURE_THREADS || threads == 1
}

/** Hands out `tasks` tasks; all those of the command before are done. */
export function openCommand(number: i32, tasks: i32): void {
  if (!ASC_FEATURE_THREADS) return
  atomic.store<i32>(DONE, 0)
  atomic.store<i64>(TICKET, (<i64>number << 32) | <i64>(<u32>(NONE - tasks)))
  atomic.store<i32>(OPEN, number)
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(OPEN, -1)
}

/** Number of the command that is open. */
// @ts-ignore: decorator
@inline
export function openNumber(): i32 {
  return ASC_FEATURE_THREADS ? atomic.load<i32>(OPEN) : 0
}

// @ts-ignore: decorator
@inline
export function takeTicket(): i64 {
  return ASC_FEATURE_THREADS ? atomic.add<i64>(TICKET, 1) : 0
}

/** Whether a ticket stands for a task. Its command then stays open, and its program in place, until `finishTask`. */
// @ts-ignore: decorator
@inline
export function holdsTask(ticket: i64): bool {
  return <i32>ticket >= 0
}

/** The command that a ticket is of. */
// @ts-ignore: decorator
@inline
export function commandOf(ticket: i64): i32 {
  return <i32>(ticket >> 32)
}

/** The task that a ticket stands for, of a command with so many. */
// @ts-ignore: decorator
@inline
export function taskOf(ticket: i64, tasks: i32): i32 {
  return <i32>ticket - (NONE - tasks)
}

/** Notes that a task is done; true for the last of its command, and then what all of them wrote is visible. */
// @ts-ignore: decorator
@inline
export function finishTask(tasks: i32): bool {
  return ASC_FEATURE_THREADS && atomic.add<i32>(DONE, 1) == tasks - 1
}

/** Returns when a command after this one is open. */
export function waitPast(number: i32): void {
  if (!ASC_FEATURE_THREADS) return
  for (let i = 0; i < SPINS; i++) {
    if (atomic.load<i32>(OPEN) - number > 0) return
  }
  atomic.add<i32>(SLEEPERS, 1)
  for (let open = openNumber(); open - number <= 0; open = openNumber()) {
    atomic.wait<i32>(OPEN, open, SECOND)
    refuseFailed()
  }
  atomic.sub<i32>(SLEEPERS, 1)
}

/** Traps where a helper thread has failed: the task that it held is never done. */
export function refuseFailed(): void {
  if (ASC_FEATURE_THREADS && atomic.load<i32>(FAILED) != 0) unreachable()
}
