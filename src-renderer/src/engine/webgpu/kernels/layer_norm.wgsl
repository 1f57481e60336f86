// out = (x - mean) / sqrt(variance + eps) * weight + bias; variance is the biased one. A thread owns ROWS rows.
#include vec
#include flat
#storage Out
// Vecs of a row: where its length is known an access needs no look at the length of the buffer.
const COLUMNS: u32 = 1u;
// They share what is read of weight and bias.
const ROWS: u32 = 1u;

struct Params { rows: u32, eps: f32 }

@group(0) @binding(0) var<storage, read> x: array<array<Vec, COLUMNS>>;
@group(0) @binding(1) var<storage, read> weight: array<Vec, COLUMNS>;
@group(0) @binding(2) var<storage, read> bias: array<Vec, COLUMNS>;
@group(0) @binding(3) var<storage, read_write> out: array<array<Out, COLUMNS>>;
@group(0) @binding(4) var<storage, read_write> stats: array<vec2f>;
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let row = flat_index(w, n, l) * ROWS;
  if (row >= p.rows) { return; }
#for r in ROWS
  let x$r = &x[row + $r];
  let out$r = &out[row + $r];
  var mean$r = Vec(0);
  var squares$r = Vec(0);
#end
  // Mean and squared differences of every lane (Welford 1962): a row is read once for both.
  for (var c = 0u; c < COLUMNS; c++) {
    let share = 1.0 / f32(c + 1u);
    let before = f32(c) * share;
#for r in ROWS
    let difference$r = (*x$r)[c] - mean$r;
    mean$r += difference$r * share;
    squares$r += difference$r * difference$r * before;
#end
  }
  // The lanes are joined (Chan, Golub, LeVeque 1979).
#for r in ROWS
  let row_mean$r = total(mean$r) / f32(WIDTH);
  let apart$r = mean$r - row_mean$r;
  let variance$r = total(squares$r + apart$r * apart$r * f32(COLUMNS)) / f32(COLUMNS * WIDTH);
  let rstd$r = 1.0 / sqrt(variance$r + p.eps);
  stats[row + $r] = vec2f(row_mean$r, rstd$r);
#end
  for (var c = 0u; c < COLUMNS; c++) {
    let scale = weight[c];
    let shift = bias[c];
#for r in ROWS
    (*out$r)[c] = to_out(((*x$r)[c] - row_mean$r) * rstd$r * scale + shift);
#end
  }
}
