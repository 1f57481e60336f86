// dx = rstd (g - mean(g) - xhat mean(g xhat)), g = dout weight, xhat = (x - mean) rstd. A thread owns ROWS rows.
#include vec
#include flat
#storage Dout
// Vecs of a row: where its length is known an access needs no look at the length of the buffer.
const COLUMNS: u32 = 1u;
// They share what is read of weight.
const ROWS: u32 = 1u;
const ACCUMULATE: bool = false;

struct Params { rows: u32 }

@group(0) @binding(0) var<storage, read> dout: array<array<Dout, COLUMNS>>;
@group(0) @binding(1) var<storage, read> x: array<array<Vec, COLUMNS>>;
@group(0) @binding(2) var<storage, read> weight: array<Vec, COLUMNS>;
@group(0) @binding(3) var<storage, read> stats: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> dx: array<array<Vec, COLUMNS>>;
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let row = flat_index(w, n, l) * ROWS;
  if (row >= p.rows) { return; }
#for r in ROWS
  let dout$r = &dout[row + $r];
  let x$r = &x[row + $r];
  let dx$r = &dx[row + $r];
  let mean$r = stats[row + $r].x;
  let rstd$r = stats[row + $r].y;
  var sum_g$r = Vec(0);
  var sum_gx$r = Vec(0);
#end
  for (var c = 0u; c < COLUMNS; c++) {
    let scale = weight[c];
#for r in ROWS
    let g$r = Vec((*dout$r)[c]) * scale;
    sum_g$r += g$r;
    sum_gx$r += g$r * ((*x$r)[c] - mean$r);
#end
  }
#for r in ROWS
  let mean_g$r = total(sum_g$r) / f32(COLUMNS * WIDTH);
  let mean_gx$r = total(sum_gx$r) / f32(COLUMNS * WIDTH) * rstd$r * rstd$r;
#end
  for (var c = 0u; c < COLUMNS; c++) {
    let scale = weight[c];
#for r in ROWS
    let g$r = Vec((*dout$r)[c]) * scale;
    var d$r = (g$r - mean_g$r - ((*x$r)[c] - mean$r) * mean_gx$r) * rstd$r;
#if ACCUMULATE
    d$r += (*dx$r)[c];
#end
    (*dx$r)[c] = d$r;
#end
  }
}
