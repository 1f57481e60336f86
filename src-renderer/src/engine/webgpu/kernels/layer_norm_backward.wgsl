// dx = rstd (g - mean(g) - xhat mean(g xhat)), g = dout weight, xhat = (x - mean) rstd. One thread per row.
#include vec
#include flat

struct Params { rows: u32, width: u32, accumulate: u32 }

@group(0) @binding(0) var<storage, read> dout: array<Vec>;
@group(0) @binding(1) var<storage, read> x: array<Vec>;
@group(0) @binding(2) var<storage, read> weight: array<Vec>;
@group(0) @binding(3) var<storage, read> stats: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> dx: array<Vec>;
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let row = flat_index(w, n, l);
  if (row >= p.rows) { return; }
  let base = row * p.width;
  let count = f32(p.width * WIDTH);
  let mean = stats[row].x;
  let rstd = stats[row].y;
  var sum_g = Vec(0);
  var sum_gx = Vec(0);
  for (var c = 0u; c < p.width; c++) {
    let g = dout[base + c] * weight[c];
    sum_g += g;
    sum_gx += g * (x[base + c] - mean) * rstd;
  }
  let mean_g = total(sum_g) / count;
  let mean_gx = total(sum_gx) / count;
  for (var c = 0u; c < p.width; c++) {
    let g = dout[base + c] * weight[c];
    let xhat = (x[base + c] - mean) * rstd;
    var d = (g - mean_g - xhat * mean_gx) * rstd;
    if (p.accumulate != 0u) { d += dx[base + c]; }
    dx[base + c] = d;
  }
}
