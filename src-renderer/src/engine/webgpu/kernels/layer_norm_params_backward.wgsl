// Partial sums over a part of the rows: dweight (dout xhat) in columns 0 .. width, dbias (dout) in the next width columns.
#include vec
#include flat
#storage Dout
// Vecs of a row, and whole parts of PART rows: where both are known an access needs no look at the length of the buffer.
const COLUMNS: u32 = 1u;
const PART: u32 = 1u;

struct Params { parts: u32 }

@group(0) @binding(0) var<storage, read> dout: array<array<array<Dout, COLUMNS>, PART>>;
@group(0) @binding(1) var<storage, read> x: array<array<array<Vec, COLUMNS>, PART>>;
@group(0) @binding(2) var<storage, read> stats: array<array<vec2f, PART>>;
@group(0) @binding(3) var<storage, read_write> partial: array<array<array<Vec, COLUMNS>, 2>>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  let part = i / COLUMNS;
  let c = i % COLUMNS;
  if (part >= p.parts) { return; }
  let dout_part = &dout[part];
  let x_part = &x[part];
  let stats_part = &stats[part];
  var dweight = Vec(0);
  var dbias = Vec(0);
  for (var r = 0u; r < PART; r++) {
    let d = Vec((*dout_part)[r][c]);
    let row_stats = (*stats_part)[r];
    dbias += d;
    dweight += d * ((*x_part)[r][c] - row_stats.x) * row_stats.y;
  }
  partial[part][0][c] = dweight;
  partial[part][1][c] = dbias;
}
