// p *= 1 - lr wd (where it decays); p -= lr mhat / (sqrt(vhat) + eps), with clipped gradients.
#include vec
#include flat
#storage Shadow
const SHADOW: bool = false;
// vec4s of a thread.
const BLOCK: u32 = 1u;

struct Params {
  first: u32, end: u32,
  beta1: f32, one_less_beta1: f32, beta2: f32, one_less_beta2: f32, eps: f32, weight_decay: f32,
}

@group(0) @binding(0) var<storage, read_write> params: array<array<vec4f, BLOCK>>;
@group(0) @binding(1) var<storage, read> grads: array<array<vec4f, BLOCK>>;
@group(0) @binding(2) var<storage, read_write> m: array<array<vec4f, BLOCK>>;
@group(0) @binding(3) var<storage, read_write> v: array<array<vec4f, BLOCK>>;
// One number per 128 parameters.
@group(0) @binding(4) var<storage, read> decays: array<f32>;
// Learning rate, 1 - beta1^step, 1 - beta2^step.
@group(0) @binding(5) var<storage, read> schedule: array<f32>;
@group(0) @binding(6) var<storage, read> results: array<f32>;
#if SHADOW
@group(0) @binding(7) var<storage, read_write> shadow: array<array<Shadow, BLOCK>>;
@group(0) @binding(8) var<uniform> p: Params;
#else
@group(0) @binding(7) var<uniform> p: Params;
#end

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = p.first + flat_index(w, n, l);
  if (i >= p.end) { return; }
  // WGSL may assume that there are no infinities, so the norm's bits are looked at.
  if ((bitcast<u32>(results[1]) & 0x7f800000u) == 0x7f800000u) { return; }
  let lr = schedule[0];
  let bias1 = schedule[1];
  let bias2 = schedule[2];
  let clip = results[2];
  let kept = 1.0 - lr * p.weight_decay * decays[i * BLOCK / 32u];
  let beta1 = p.beta1;
  let beta2 = p.beta2;
  let one_less_beta1 = p.one_less_beta1;
  let one_less_beta2 = p.one_less_beta2;
  let eps = p.eps;
  // Within a block the bounds are known: without pointers to it every access would look up the length of its buffer.
  let params_block = &params[i];
  let grads_block = &grads[i];
  let m_block = &m[i];
  let v_block = &v[i];
#if SHADOW
  let shadow_block = &shadow[i];
#end
  for (var j = 0u; j < BLOCK; j++) {
    let g = (*grads_block)[j] * clip;
    let m1 = beta1 * (*m_block)[j] + one_less_beta1 * g;
    let v1 = beta2 * (*v_block)[j] + one_less_beta2 * g * g;
    let step = (m1 / bias1) / (sqrt(v1 / bias2) + eps);
    (*m_block)[j] = m1;
    (*v_block)[j] = v1;
    let after = (*params_block)[j] * kept - lr * step;
    (*params_block)[j] = after;
#if SHADOW
    (*shadow_block)[j] = to_shadow(after);
#end
  }
}
