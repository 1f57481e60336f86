// p *= 1 - lr wd (where it decays); p -= lr mhat / (sqrt(vhat) + eps), with clipped gradients.
#include flat

struct Params { length: u32, beta1: f32, one_less_beta1: f32, beta2: f32, one_less_beta2: f32, eps: f32, weight_decay: f32 }

@group(0) @binding(0) var<storage, read_write> params: array<vec4f>;
@group(0) @binding(1) var<storage, read> grads: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4f>;
// One number per 64 parameters.
@group(0) @binding(4) var<storage, read> decays: array<f32>;
// Learning rate, 1 - beta1^step, 1 - beta2^step.
@group(0) @binding(5) var<storage, read> schedule: array<f32>;
@group(0) @binding(6) var<storage, read> results: array<f32>;
@group(0) @binding(7) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  if (i >= p.length) { return; }
  // WGSL may assume that there are no infinities, so the norm's bits are looked at.
  if ((bitcast<u32>(results[1]) & 0x7f800000u) == 0x7f800000u) { return; }
  let lr = schedule[0];
  let g = grads[i] * results[2];
  let m1 = p.beta1 * m[i] + p.one_less_beta1 * g;
  let v1 = p.beta2 * v[i] + p.one_less_beta2 * g * g;
  let step = (m1 / schedule[1]) / (sqrt(v1 / schedule[2]) + p.eps);
  m[i] = m1;
  v[i] = v1;
  params[i] = params[i] * (1.0 - lr * p.weight_decay * decays[i / 16u]) - lr * step;
}
