// cache[cursor + r] = the k | v columns of qkv[r], for the rows that count.
#include vec
#include flat

struct Params { rows: u32, width: u32, positions: u32 }

@group(0) @binding(0) var<storage, read> qkv: array<Vec>;
@group(0) @binding(1) var<storage, read> cursor: array<u32>;
@group(0) @binding(2) var<storage, read_write> cache: array<Vec>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  let row = i / (2u * p.width);
  let c = i % (2u * p.width);
  let position = cursor[0] + row;
  if (row >= min(p.rows, cursor[1]) || position >= p.positions) { return; }
  cache[position * 2u * p.width + c] = qkv[row * 3u * p.width + p.width + c];
}
