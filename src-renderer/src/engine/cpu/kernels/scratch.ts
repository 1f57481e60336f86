/** Bytes at the front of a thread's scratch memory that `gemm` keeps for tiles that stick out over the edge. */
const EDGE_TILE: usize = 192

let base: usize = 0

export function setScratch(address: usize): void {
  base = address
}

export function edgeTile(): usize {
  return base
}

/** Memory that only this thread uses while it works on one task; the program says how much there is. */
export function scratch(): usize {
  return base + EDGE_TILE
}
