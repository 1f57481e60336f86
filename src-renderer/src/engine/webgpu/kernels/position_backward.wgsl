// dwpe[t] = sum over the batch of dout[b, t]; zero for positions that the batch doesn't reach. Or added to.
#include vec
#include flat

struct Params { batch: u32, seq_len: u32, width: u32, positions: u32, accumulate: u32 }

@group(0) @binding(0) var<storage, read> dout: array<Vec>;
@group(0) @binding(1) var<storage, read_write> dwpe: array<Vec>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  if (i >= p.positions * p.width) { return; }
  var sum = Vec(0);
  if (p.accumulate != 0u) { sum = dwpe[i]; }
  if (i / p.width < p.seq_len) {
    for (var b = 0u; b < p.batch; b++) { sum += dout[b * p.seq_len * p.width + i]; }
  }
  dwpe[i] = sum;
}
