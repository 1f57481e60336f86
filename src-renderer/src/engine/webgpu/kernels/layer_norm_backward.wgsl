// dx = rstd (g - mean(g) - xhat mean(g xhat)), g = dout weight, xhat = (x - mean) rstd. One thread per row.
#include vec
#include flat
#storage Dout
// Vecs of a row: where its length is known an access needs no look at the length of the buffer.
const COLUMNS: u32 = 1u;
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
  let row = flat_index(w, n, l);
  if (row >= p.rows) { return; }
  let dout_row = &dout[row];
  let x_row = &x[row];
  let dx_row = &dx[row];
  let mean = stats[row].x;
  let rstd = stats[row].y;
  var sum_g = Vec(0);
  var sum_gx = Vec(0);
  for (var c = 0u; c < COLUMNS; c++) {
    let g = Vec((*dout_row)[c]) * weight[c];
    sum_g += g;
    sum_gx += g * ((*x_row)[c] - mean);
  }
  let mean_g = total(sum_g) / f32(COLUMNS * WIDTH);
  let mean_gx = total(sum_gx) / f32(COLUMNS * WIDTH) * rstd * rstd;
  for (var c = 0u; c < COLUMNS; c++) {
    let g = Vec((*dout_row)[c]) * weight[c];
    var d = (g - mean_g - ((*x_row)[c] - mean) * mean_gx) * rstd;
#if ACCUMULATE
    d += (*dx_row)[c];
#end
    (*dx_row)[c] = d;
  }
}
