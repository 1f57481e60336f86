// dk and dv of causal attention. Each thread owns ROWS key rows of one head and walks over the queries from its first row on:
// dv = sum(p dout), dk = scale sum(ds q). Needs delta from attention_backward_query.
#include vec
#include flat
#include random
#storage Qkv
#storage Dout
#storage Dqkv
const ROWS: u32 = 4u;
const HEAD_SIZE: u32 = 32u;
const PARTS: u32 = 8u;
const DROPOUT: bool = false;

struct Params {
  batch: u32, rows: u32, heads: u32, width: u32,
  stream: u32, threshold: u32, first: u32, end: u32, scale: f32, keep_scale: f32,
}

@group(0) @binding(0) var<storage, read> qkv: array<Qkv>;
@group(0) @binding(1) var<storage, read> dout: array<Dout>;
@group(0) @binding(2) var<storage, read> lse: array<f32>;
@group(0) @binding(3) var<storage, read> delta: array<f32>;
@group(0) @binding(4) var<storage, read> seed: array<u32>;
@group(0) @binding(5) var<storage, read_write> dqkv: array<Dqkv>;
@group(0) @binding(6) var<uniform> p: Params;

#if VEC4
fn load(at: u32, d: u32) -> vec4f { return vec4f(qkv[at / 4u + d]); }
fn load_dout(at: u32, d: u32) -> vec4f { return vec4f(dout[at / 4u + d]); }
fn store(at: u32, d: u32, v: vec4f) { dqkv[at / 4u + d] = to_dqkv(v); }
#else
fn one(at: u32, e: u32) -> f32 { return select(0.0, f32(qkv[at + min(e, HEAD_SIZE - 1u)]), e < HEAD_SIZE); }
fn one_dout(at: u32, e: u32) -> f32 { return select(0.0, f32(dout[at + min(e, HEAD_SIZE - 1u)]), e < HEAD_SIZE); }
fn load(at: u32, d: u32) -> vec4f {
  return vec4f(one(at, d * 4u), one(at, d * 4u + 1u), one(at, d * 4u + 2u), one(at, d * 4u + 3u));
}
fn load_dout(at: u32, d: u32) -> vec4f {
  return vec4f(one_dout(at, d * 4u), one_dout(at, d * 4u + 1u), one_dout(at, d * 4u + 2u), one_dout(at, d * 4u + 3u));
}
fn store(at: u32, d: u32, v: vec4f) {
  for (var s = 0u; s < 4u && d * 4u + s < HEAD_SIZE; s++) { dqkv[at + d * 4u + s] = to_dqkv(v[s]); }
}
#end

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let groups = (p.rows + ROWS - 1u) / ROWS;
  let i = p.first + flat_index(w, n, l);
  if (i >= p.end) { return; }
  let bh = i / groups;
  let b = bh / p.heads;
  let column = (bh % p.heads) * HEAD_SIZE;
  let row0 = (i % groups) * ROWS;

  // Loads in loops and copies of arrays: see attention.wgsl.
  var k_in = array<vec4f, ROWS * PARTS>();
  var v_in = array<vec4f, ROWS * PARTS>();
  for (var r = 0u; r < ROWS; r++) {
    let at = (b * p.rows + min(row0 + r, p.rows - 1u)) * 3u * p.width + column;
    for (var d = 0u; d < PARTS; d++) {
      k_in[r * PARTS + d] = load(at + p.width, d);
      v_in[r * PARTS + d] = load(at + 2u * p.width, d);
    }
  }
  var k = k_in;
  var v = v_in;
  var dk = array<vec4f, ROWS * PARTS>();
  var dv = array<vec4f, ROWS * PARTS>();

  for (var row = row0; row < p.rows; row++) {
    let at = (b * p.rows + row) * p.width + column;
    let at3 = (b * p.rows + row) * 3u * p.width + column;
    let row_lse = lse[bh * p.rows + row];
    let row_delta = delta[bh * p.rows + row];
    var score = array<f32, ROWS>();
    var dp = array<f32, ROWS>();
    var q = array<vec4f, PARTS>();
    var g = array<vec4f, PARTS>();
#for d in PARTS
    q[$d] = load(at3, $d) * p.scale;
    g[$d] = load_dout(at, $d);
#for r in ROWS
    score[$r] += dot(q[$d], k[$r * PARTS + $d]);
    dp[$r] += dot(g[$d], v[$r * PARTS + $d]);
#end
#end
    var ds = array<f32, ROWS>();
    var weight = array<f32, ROWS>();
#for r in ROWS
    {
      let probability = select(0.0, exp(min(score[$r] - row_lse, 0.0)), row0 + $r <= row);
      weight[$r] = probability;
#if DROPOUT
      let kept = keep((bh * p.rows + row) * p.rows + row0 + $r, p.stream, seed[0], p.threshold, p.keep_scale);
      weight[$r] *= kept;
      dp[$r] *= kept;
#end
      ds[$r] = probability * (dp[$r] - row_delta);
    }
#end
#for d in PARTS
#for r in ROWS
    dk[$r * PARTS + $d] += ds[$r] * q[$d];
    dv[$r * PARTS + $d] += weight[$r] * g[$d];
#end
#end
  }

  var dk_out = dk;
  var dv_out = dv;
  for (var r = 0u; r < ROWS && row0 + r < p.rows; r++) {
    let at = (b * p.rows + row0 + r) * 3u * p.width + column;
    for (var d = 0u; d < PARTS; d++) {
      store(at + p.width, d, dk_out[r * PARTS + d]);
      store(at + 2u * p.width, d, dv_out[r * PARTS + d]);
    }
  }
}
