// attention.wgsl for heads too wide for registers: each thread owns TILE columns of one row and works the scores out from memory.
#include flat
#include vec
#include random
#storage Queries
#storage Cache
#storage Out
const TILE: u32 = 32u;
const DROPOUT: bool = false;

struct Params {
  batch: u32, rows: u32, heads: u32, keys: u32,
  query_stride: u32, key_stride: u32, key_offset: u32, value_offset: u32, out_stride: u32,
  stream: u32, threshold: u32, head_size: u32, first: u32, end: u32, scale: f32, keep_scale: f32,
}

@group(0) @binding(0) var<storage, read> queries: array<Queries>;
@group(0) @binding(1) var<storage, read> cache: array<Cache>;
@group(0) @binding(2) var<storage, read> cursor: array<u32>;
@group(0) @binding(3) var<storage, read> seed: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<Out>;
@group(0) @binding(5) var<storage, read_write> lse: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

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
  let query_at = (b * p.rows + row) * p.query_stride + column;
  let position = min(cursor[0] + row, p.keys - 1u);
  let last_column = p.head_size - 1u;

  var o = array<f32, TILE>();
  var largest = -1e30;
  var sum = 0.0;
  for (var j = 0u; j <= position; j++) {
    let at = (b * p.keys + j) * p.key_stride + column;
    var score = 0.0;
    for (var d = 0u; d < p.head_size; d++) { score += f32(queries[query_at + d]) * f32(cache[at + p.key_offset + d]); }
    score *= p.scale;
    let top = max(largest, score);
    let fade = exp(largest - top);
    let e = exp(score - top);
    largest = top;
    sum = sum * fade + e;
#if DROPOUT
    let weight = e * keep((bh * p.rows + row) * p.keys + j, p.stream, seed[0], p.threshold, p.keep_scale);
#else
    let weight = e;
#end
#for d in TILE
    o[$d] = o[$d] * fade + weight * f32(cache[at + p.value_offset + min(first + $d, last_column)]);
#end
  }
  let out_at = (b * p.rows + row) * p.out_stride + column;
#for d in TILE
  if (first + $d < p.head_size) { out[out_at + first + $d] = to_out(o[$d] / sum); }
#end
  if (first == 0u) { lse[bh * p.rows + row] = largest + log(sum); }
}
