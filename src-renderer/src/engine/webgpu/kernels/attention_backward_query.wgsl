// dq of causal attention, and delta = sum(dout out) of each row. Each thread owns ROWS query rows of one head; the probabilities come
// back from the scores and lse: p = exp(s - lse), ds = p (dp - delta), dq = scale sum(ds k).
#include vec
#include flat
#include random
#storage Qkv
#storage Out
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
@group(0) @binding(1) var<storage, read> out: array<Out>;
@group(0) @binding(2) var<storage, read> dout: array<Dout>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> seed: array<u32>;
@group(0) @binding(5) var<storage, read_write> delta: array<f32>;
@group(0) @binding(6) var<storage, read_write> dqkv: array<Dqkv>;
@group(0) @binding(7) var<uniform> p: Params;

#if VEC4
fn load(at: u32, d: u32) -> vec4f { return vec4f(qkv[at / 4u + d]); }
fn load_out(at: u32, d: u32) -> vec4f { return vec4f(out[at / 4u + d]); }
fn load_dout(at: u32, d: u32) -> vec4f { return vec4f(dout[at / 4u + d]); }
fn store(at: u32, d: u32, v: vec4f) { dqkv[at / 4u + d] = to_dqkv(v); }
#else
fn one(at: u32, e: u32) -> f32 { return select(0.0, f32(qkv[at + min(e, HEAD_SIZE - 1u)]), e < HEAD_SIZE); }
fn one_out(at: u32, e: u32) -> f32 { return select(0.0, f32(out[at + min(e, HEAD_SIZE - 1u)]), e < HEAD_SIZE); }
fn one_dout(at: u32, e: u32) -> f32 { return select(0.0, f32(dout[at + min(e, HEAD_SIZE - 1u)]), e < HEAD_SIZE); }
fn load(at: u32, d: u32) -> vec4f {
  return vec4f(one(at, d * 4u), one(at, d * 4u + 1u), one(at, d * 4u + 2u), one(at, d * 4u + 3u));
}
fn load_out(at: u32, d: u32) -> vec4f {
  return vec4f(one_out(at, d * 4u), one_out(at, d * 4u + 1u), one_out(at, d * 4u + 2u), one_out(at, d * 4u + 3u));
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
  var q_in = array<vec4f, ROWS * PARTS>();
  var g_in = array<vec4f, ROWS * PARTS>();
  var row_in = array<u32, ROWS>();
  var lse_in = array<f32, ROWS>();
  var delta_in = array<f32, ROWS>();
  for (var r = 0u; r < ROWS; r++) {
    // Rows past the end repeat the last one and are not stored.
    row_in[r] = min(row0 + r, p.rows - 1u);
    let at = (b * p.rows + row_in[r]) * p.width + column;
    let at3 = (b * p.rows + row_in[r]) * 3u * p.width + column;
    lse_in[r] = lse[bh * p.rows + row_in[r]];
    for (var d = 0u; d < PARTS; d++) {
      let dout_part = load_dout(at, d);
      q_in[r * PARTS + d] = load(at3, d) * p.scale;
      g_in[r * PARTS + d] = dout_part;
      delta_in[r] += dot(dout_part, load_out(at, d));
    }
  }
  var q = q_in;
  var g = g_in;
  var row = row_in;
  var row_lse = lse_in;
  var row_delta = delta_in;
  var dq = array<vec4f, ROWS * PARTS>();

  for (var j = 0u; j <= row[ROWS - 1u]; j++) {
    let at = (b * p.rows + j) * 3u * p.width + column;
    var score = array<f32, ROWS>();
    var dp = array<f32, ROWS>();
    var k = array<vec4f, PARTS>();
#for d in PARTS
    {
      k[$d] = load(at + p.width, $d);
      let v = load(at + 2u * p.width, $d);
#for r in ROWS
      score[$r] += dot(q[$r * PARTS + $d], k[$d]);
      dp[$r] += dot(g[$r * PARTS + $d], v);
#end
    }
#end
    var ds = array<f32, ROWS>();
#for r in ROWS
    {
      let probability = select(0.0, exp(min(score[$r] - row_lse[$r], 0.0)), j <= row[$r]);
#if DROPOUT
      let element = (bh * p.rows + row[$r]) * p.rows + j;
      dp[$r] *= keep(element, p.stream, seed[0], p.threshold, p.keep_scale);
#end
      ds[$r] = probability * (dp[$r] - row_delta[$r]);
    }
#end
#for d in PARTS
#for r in ROWS
    dq[$r * PARTS + $d] += ds[$r] * k[$d];
#end
#end
  }

  var dq_out = dq;
  for (var r = 0u; r < ROWS && row0 + r < p.rows; r++) {
    let at = (b * p.rows + row0 + r) * 3u * p.width + column;
    for (var d = 0u; d < PARTS; d++) { store(at, d, dq_out[r * PARTS + d] * p.scale); }
    delta[bh * p.rows + row0 + r] = delta_in[r];
  }
}
