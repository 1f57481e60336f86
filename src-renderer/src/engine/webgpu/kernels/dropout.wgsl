// out = residual + x mask / (1 - p); the mask is found again from seed, stream and element.
#include flat
#include random

struct Params { length: u32, stream: u32, threshold: u32, has_residual: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> residual: array<f32>;
@group(0) @binding(2) var<storage, read> seed: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  if (i >= p.length) { return; }
  var v = x[i] * keep(i, p.stream, seed[0], p.threshold, p.scale);
  if (p.has_residual != 0u) { v += residual[i]; }
  out[i] = v;
}
