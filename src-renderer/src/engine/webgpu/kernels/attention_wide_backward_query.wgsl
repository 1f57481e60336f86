// attention_backward_query.wgsl for heads too wide for registers: each thread owns TILE columns of one query row.
#include flat
#include vec
#include random
#storage Qkv
#storage Out
#storage Dout
#storage Dqkv
const TILE: u32 = 32u;
const DROPOUT: bool = false;

struct Params {
  batch: u32, rows: u32, heads: u32, width: u32,
  stream: u32, threshold: u32, head_size: u32, first: u32, end: u32, scale: f32, keep_scale: f32,
}

@group(0) @binding(0) var<storage, read> qkv: array<Qkv>;
@group(0) @binding(1) var<storage, read> out: array<Out>;
@group(0) @binding(2) var<storage, read> dout: array<Dout>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> seed: array<u32>;
@group(0) @binding(5) var<storage, read_write> delta: array<f32>;
@group(0) @binding(6) var<storage, read_write> dqkv: array<Dqkv>;
@group(0) @binding(7) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let tiles = (p.head_size + TILE - 1u) / TILE;
  let i = p.first + flat_index(w, n, l);
  if (i >= p.end) { return; }
  let first = (i % tiles) * TILE;
  let row = (i / tiles) % p.rows;
  let bh = i / (tiles * p.rows);
  let b = bh / p.heads;
  let column = (bh % p.heads) * p.head_size;
  let out_at = (b * p.rows + row) * p.width + column;
  let query_at = (b * p.rows + row) * 3u * p.width + column;
  let last_column = p.head_size - 1u;

  var row_delta = 0.0;
  for (var d = 0u; d < p.head_size; d++) { row_delta += f32(dout[out_at + d]) * f32(out[out_at + d]); }
  if (first == 0u) { delta[bh * p.rows + row] = row_delta; }
  let row_lse = lse[bh * p.rows + row];

  var dq = array<f32, TILE>();
  for (var j = 0u; j <= row; j++) {
    let at = (b * p.rows + j) * 3u * p.width + column;
    var score = 0.0;
    var dp = 0.0;
    for (var d = 0u; d < p.head_size; d++) {
      score += f32(qkv[query_at + d]) * f32(qkv[at + p.width + d]);
      dp += f32(dout[out_at + d]) * f32(qkv[at + 2u * p.width + d]);
    }
    let probability = exp(min(score * p.scale - row_lse, 0.0));
#if DROPOUT
    dp *= keep((bh * p.rows + row) * p.rows + j, p.stream, seed[0], p.threshold, p.keep_scale);
#end
    let ds = probability * (dp - row_delta) * p.scale;
#for d in TILE
    dq[$d] += ds * f32(qkv[at + p.width + min(first + $d, last_column)]);
#end
  }
#for d in TILE
  if (first + $d < p.head_size) { dqkv[query_at + first + $d] = to_dqkv(dq[$d]); }
#end
}
