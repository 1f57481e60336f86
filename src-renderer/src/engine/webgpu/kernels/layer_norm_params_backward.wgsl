// Partial sums over a part of the rows: dweight (dout xhat) in columns 0 .. width, dbias (dout) in the next width columns.
#include vec
#include flat
#storage Dout

struct Params { rows: u32, width: u32, part: u32 }

@group(0) @binding(0) var<storage, read> dout: array<Dout>;
@group(0) @binding(1) var<storage, read> x: array<Vec>;
@group(0) @binding(2) var<storage, read> stats: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> partial: array<Vec>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  let part = i / p.width;
  let c = i % p.width;
  if (part * p.part >= p.rows) { return; }
  let end = min((part + 1u) * p.part, p.rows);
  var dweight = Vec(0);
  var dbias = Vec(0);
  for (var row = part * p.part; row < end; row++) {
    let d = Vec(dout[row * p.width + c]);
    dbias += d;
    dweight += d * (x[row * p.width + c] - stats[row].x) * stats[row].y;
  }
  partial[part * 2u * p.width + c] = dweight;
  partial[(part * 2u + 1u) * p.width + c] = dbias;
}
