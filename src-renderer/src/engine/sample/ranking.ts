/**
 * Ids of (V) logits from the largest logit on, the lowest id first where several are equal. They are found as they are asked for, by a heap:
 * the first few of a large vocabulary cost little more than a look at every logit, where sorting GPT-2's takes as long as the model itself.
 */
export function* ranking(logits: Float32Array): Generator<number, void> {
  const heap = new Int32Array(logits.length).map((_, id) => id)
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, heap.length, i, logits)
  for (let size = heap.length; size > 0;) {
    yield heap[0] as number
    heap[0] = heap[--size] as number
    sink(heap, size, 0, logits)
  }
}

/** Moves the id at `at` down, below every child that comes before it. */
function sink(heap: Int32Array, size: number, at: number, logits: Float32Array): void {
  const id = heap[at] as number
  for (;;) {
    let child = 2 * at + 1
    if (child >= size) break
    if (child + 1 < size && isBefore(heap[child + 1] as number, heap[child] as number, logits)) child++
    if (!isBefore(heap[child] as number, id, logits)) break
    heap[at] = heap[child] as number
    at = child
  }
  heap[at] = id
}

function isBefore(a: number, b: number, logits: Float32Array): boolean {
  const x = logits[a] as number
  const y = logits[b] as number
  return x > y || (x === y && a < b)
}
