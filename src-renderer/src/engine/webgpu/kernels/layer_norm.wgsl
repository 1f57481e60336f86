// out = (x - mean) / sqrt(variance + eps) * weight + bias; variance is the biased one. One thread per row.
#include vec
#include flat
#storage Out
// Vecs of a row: where its length is known an access needs no look at the length of the buffer.
const COLUMNS: u32 = 1u;
// Vecs that are read at once, a divisor of COLUMNS.
const CHUNK: u32 = 1u;

struct Params { rows: u32, eps: f32 }

@group(0) @binding(0) var<storage, read> x: array<array<Vec, COLUMNS>>;
@group(0) @binding(1) var<storage, read> weight: array<Vec, COLUMNS>;
@group(0) @binding(2) var<storage, read> bias: array<Vec, COLUMNS>;
@group(0) @binding(3) var<storage, read_write> out: array<array<Out, COLUMNS>>;
@group(0) @binding(4) var<storage, read_write> stats: array<vec2f>;
@group(0) @binding(5) var<uniform> p: Params;

// Mean and 1 / sqrt(variance + eps) of a row, read once: every lane joins the mean and the squared differences of a chunk to those of the
// chunks before (Chan, Golub, LeVeque 1979), and the lanes are joined last.
fn stats_of(row: u32, eps: f32) -> vec2f {
  let values = &x[row];
  var mean = Vec(0);
  var squares = Vec(0);
  for (var k = 0u; k < COLUMNS / CHUNK; k++) {
    var chunk_mean = Vec(0);
    var chunk_squares = Vec(0);
#for i in CHUNK
    let v$i = (*values)[k * CHUNK + $i];
    chunk_mean += v$i;
#end
    chunk_mean *= 1.0 / f32(CHUNK);
#for i in CHUNK
    chunk_squares += (v$i - chunk_mean) * (v$i - chunk_mean);
#end
    let share = 1.0 / f32(k + 1u);
    let difference = chunk_mean - mean;
    mean += difference * share;
    squares += chunk_squares + difference * difference * (f32(CHUNK * k) * share);
  }
  let all = total(mean) / f32(WIDTH);
  let difference = mean - all;
  let variance = total(squares + difference * difference * f32(COLUMNS)) / f32(COLUMNS * WIDTH);
  return vec2f(all, 1.0 / sqrt(variance + eps));
}

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let row = flat_index(w, n, l);
  if (row >= p.rows) { return; }
  let of_row = stats_of(row, p.eps);
  stats[row] = of_row;
  let values = &x[row];
  let results = &out[row];
  for (var c = 0u; c < COLUMNS; c++) {
    (*results)[c] = to_out(((*values)[c] - of_row.x) * of_row.y * weight[c] + bias[c]);
  }
}
