// out[b] = x[b, index[b]], or its backward: out[b, t] = x[b] where t = index[b], else 0.
#include vec
#include flat

struct Params { batch: u32, seq_len: u32, width: u32, scatter: u32 }

@group(0) @binding(0) var<storage, read> x: array<Vec>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<Vec>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  let row = i / p.width;
  let c = i % p.width;
  if (p.scatter == 0u) {
    if (row >= p.batch) { return; }
    out[i] = x[(row * p.seq_len + min(index[row], p.seq_len - 1u)) * p.width + c];
  } else {
    if (row >= p.batch * p.seq_len) { return; }
    let b = row / p.seq_len;
    let chosen = row % p.seq_len == min(index[b], p.seq_len - 1u);
    out[i] = select(Vec(0), x[b * p.width + c], chosen);
  }
}
