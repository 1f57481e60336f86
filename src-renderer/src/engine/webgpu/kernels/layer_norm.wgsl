// out = (x - mean) / sqrt(variance + eps) * weight + bias; variance is the biased one. One thread per row.
#include vec
#include flat

struct Params { rows: u32, width: u32, eps: f32 }

@group(0) @binding(0) var<storage, read> x: array<Vec>;
@group(0) @binding(1) var<storage, read> weight: array<Vec>;
@group(0) @binding(2) var<storage, read> bias: array<Vec>;
@group(0) @binding(3) var<storage, read_write> out: array<Vec>;
@group(0) @binding(4) var<storage, read_write> stats: array<vec2f>;
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let row = flat_index(w, n, l);
  if (row >= p.rows) { return; }
  let base = row * p.width;
  let count = f32(p.width * WIDTH);
  var sum = Vec(0);
  for (var c = 0u; c < p.width; c++) { sum += x[base + c]; }
  let mean = total(sum) / count;
  var squares = Vec(0);
  for (var c = 0u; c < p.width; c++) {
    let d = x[base + c] - mean;
    squares += d * d;
  }
  let rstd = 1.0 / sqrt(total(squares) / count + p.eps);
  for (var c = 0u; c < p.width; c++) {
    out[base + c] = (x[base + c] - mean) * rstd * weight[c] + bias[c];
  }
  stats[row] = vec2f(mean, rstd);
}
