// attention_backward_key.wgsl for heads too wide for registers: each thread owns TILE columns of one key row.
#include flat
#include vec
#include random
#storage Qkv
#storage Dout
#storage Dqkv
const TILE: u32 = 32u;
const DROPOUT: bool = false;

struct Params {
  batch: u32, rows: u32, heads: u32, width: u32,
  stream: u32, threshold: u32, head_size: u32, first: u32, end: u32, scale: f32, keep_scale: f32,
}

@group(0) @binding(0) var<storage, read> qkv: array<Qkv>;
@group(0) @binding(1) var<storage, read> dout: array<Dout>;
@group(0) @binding(2) var<storage, read> lse: array<f32>;
@group(0) @binding(3) var<storage, read> delta: array<f32>;
@group(0) @binding(4) var<storage, read> seed: array<u32>;
@group(0) @binding(5) var<storage, read_write> dqkv: array<Dqkv>;
@group(0) @binding(6) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let tiles = (p.head_size + TILE - 1u) / TILE;
  let i = p.first + flat_index(w, n, l);
  if (i >= p.end) { return; }
  let first = (i % tiles) * TILE;
  let j = (i / tiles) % p.rows;
  let bh = i / (tiles * p.rows);
  let b = bh / p.heads;
  let column = (bh % p.heads) * p.head_size;
  let at = (b * p.rows + j) * 3u * p.width + column;
  let last_column = p.head_size - 1u;

  var dk = array<f32, TILE>();
  var dv = array<f32, TILE>();
  for (var row = j; row < p.rows; row++) {
    let query_at = (b * p.rows + row) * 3u * p.width + column;
    let out_at = (b * p.rows + row) * p.width + column;
    var score = 0.0;
    var dp = 0.0;
    for (var d = 0u; d < p.head_size; d++) {
      score += f32(qkv[query_at + d]) * f32(qkv[at + p.width + d]);
      dp += f32(dout[out_at + d]) * f32(qkv[at + 2u * p.width + d]);
    }
    let probability = exp(min(score * p.scale - lse[bh * p.rows + row], 0.0));
    var weight = probability;
#if DROPOUT
    let kept = keep((bh * p.rows + row) * p.rows + j, p.stream, seed[0], p.threshold, p.keep_scale);
    weight *= kept;
    dp *= kept;
#end
    let ds = probability * (dp - delta[bh * p.rows + row]) * p.scale;
#for d in TILE
    dk[$d] += ds * f32(qkv[query_at + min(first + $d, last_column)]);
    dv[$d] += weight * f32(dout[out_at + min(first + $d, last_column)]);
#end
  }
#for d in TILE
  if (first + $d < p.head_size) {
    dqkv[at + p.width + first + $d] = to_dqkv(dk[$d]);
    dqkv[at + 2u * p.width + first + $d] = to_dqkv(dv[$d]);
  }
#end
}
