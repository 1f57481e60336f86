// out[part] = sum of x over a part of its rows, one thread per part and column.
#include vec
#include flat
// Vecs from row to row, and rows of a part: where both are known an access needs no look at the length of the buffer.
const STRIDE: u32 = 1u;
const PART: u32 = 1u;

struct Params { parts: u32, width: u32, offset: u32, out_offset: u32, accumulate: u32 }

@group(0) @binding(0) var<storage, read> x: array<array<array<Vec, STRIDE>, PART>>;
@group(0) @binding(1) var<storage, read_write> out: array<Vec>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  let part = i / p.width;
  let c = i % p.width;
  if (part >= p.parts) { return; }
  let rows = &x[part];
  var sum = Vec(0);
  for (var r = 0u; r < PART; r++) { sum += (*rows)[r][p.offset + c]; }
  let at = p.out_offset + part * p.width + c;
  if (p.accumulate != 0u) { sum += out[at]; }
  out[at] = sum;
}
