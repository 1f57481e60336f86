// Adds up the parts that k of a matmul was cut into, which are A here, always in the same order. One thread per Vec of results.
#include matmul
#include flat

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let at = flat_index(w, n, l);
  let cols = (p.n + WIDTH - 1u) / WIDTH;
  let row = at / cols;
  let col = at % cols;
  if (row > p.m) { return; }
  var sum = Vec();
  for (var part = 0u; part * p.k_part < p.k; part++) { sum += load_a((part * (p.m + 1u) + row) * p.lda + col); }
  if (row < p.m) {
    finish(row, col, sum);
    return;
  }
#if COLUMN_SUMS
  finish_columns(0u, col, sum);
#end
}
