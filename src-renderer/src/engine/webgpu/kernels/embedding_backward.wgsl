// dwte[token] += sum of dout over the token's rows, one thread per distinct token and column: no two threads share an output.
// index: count, ids (rows), starts (rows + 1), order (rows).
#include vec
#include flat

// dwte holds the rows first .. first + count of the vocabulary.
struct Params { rows: u32, width: u32, first: u32, count: u32 }

@group(0) @binding(0) var<storage, read> dout: array<Vec>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> dwte: array<Vec>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  let slot = i / p.width;
  let c = i % p.width;
  if (slot >= index[0]) { return; }
  // Wraps round below the first.
  let token = index[1u + slot] - p.first;
  if (token >= p.count) { return; }
  let starts = 1u + p.rows;
  let order = starts + p.rows + 1u;
  let end = index[starts + slot + 1u];
  var sum = Vec(0);
  for (var at = index[starts + slot]; at < end; at++) {
    sum += dout[index[order + at] * p.width + c];
  }
  dwte[token * p.width + c] += sum;
}
