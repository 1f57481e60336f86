// Causal attention with the online softmax of FlashAttention-2 (Dao 2023). Each thread owns ROWS query rows of one head in registers
// and walks over the keys up to its last row: no T x T tensor, no workgroup memory.
#include vec
#include flat
#include random
#storage Queries
#storage Cache
#storage Out
const ROWS: u32 = 4u;
const HEAD_SIZE: u32 = 32u;
// vec4s of a head.
const PARTS: u32 = 8u;
const DROPOUT: bool = false;

// Strides and offsets in elements.
struct Params {
  batch: u32, rows: u32, heads: u32, keys: u32,
  query_stride: u32, key_stride: u32, key_offset: u32, value_offset: u32, out_stride: u32,
  stream: u32, threshold: u32, first: u32, end: u32, scale: f32, keep_scale: f32,
}

@group(0) @binding(0) var<storage, read> queries: array<Queries>;
@group(0) @binding(1) var<storage, read> cache: array<Cache>;
// Position of row 0.
@group(0) @binding(2) var<storage, read> cursor: array<u32>;
@group(0) @binding(3) var<storage, read> seed: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<Out>;
@group(0) @binding(5) var<storage, read_write> lse: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

#if VEC4
fn load_query(at: u32, d: u32) -> vec4f { return vec4f(queries[at / 4u + d]); }
fn load_cache(at: u32, d: u32) -> vec4f { return vec4f(cache[at / 4u + d]); }
fn store(at: u32, d: u32, v: vec4f) { out[at / 4u + d] = to_out(v); }
#else
// The last vec4 of a head may be partly empty: zeros there.
fn query(at: u32, e: u32) -> f32 { return select(0.0, f32(queries[at + min(e, HEAD_SIZE - 1u)]), e < HEAD_SIZE); }
fn cached(at: u32, e: u32) -> f32 { return select(0.0, f32(cache[at + min(e, HEAD_SIZE - 1u)]), e < HEAD_SIZE); }
fn load_query(at: u32, d: u32) -> vec4f {
  return vec4f(query(at, d * 4u), query(at, d * 4u + 1u), query(at, d * 4u + 2u), query(at, d * 4u + 3u));
}
fn load_cache(at: u32, d: u32) -> vec4f {
  return vec4f(cached(at, d * 4u), cached(at, d * 4u + 1u), cached(at, d * 4u + 2u), cached(at, d * 4u + 3u));
}
fn store(at: u32, d: u32, v: vec4f) {
  for (var s = 0u; s < 4u && d * 4u + s < HEAD_SIZE; s++) { out[at + d * 4u + s] = to_out(v[s]); }
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

  // Loads cost compile time wherever they stand in the text, so they stand in loops; an array indexed by a variable leaves the
  // registers, so the arrays of the main loop are copies.
  var q_in = array<vec4f, ROWS * PARTS>();
  var position_in = array<u32, ROWS>();
  for (var r = 0u; r < ROWS; r++) {
    // Rows past the end repeat the last one and are not stored.
    let row = min(row0 + r, p.rows - 1u);
    let at = (b * p.rows + row) * p.query_stride + column;
    position_in[r] = min(cursor[0] + row, p.keys - 1u);
    for (var d = 0u; d < PARTS; d++) { q_in[r * PARTS + d] = load_query(at, d) * p.scale; }
  }
  var q = q_in;
  var position = position_in;
  var o = array<vec4f, ROWS * PARTS>();
  var sum = array<f32, ROWS>();
  var largest = array<f32, ROWS>();
#for r in ROWS
  largest[$r] = -1e30;
#end

  let last = position[ROWS - 1u];
  for (var j = 0u; j <= last; j++) {
    let at = (b * p.keys + j) * p.key_stride + column;
    var score = array<f32, ROWS>();
#for d in PARTS
    {
      let k = load_cache(at + p.key_offset, $d);
#for r in ROWS
      score[$r] += dot(q[$r * PARTS + $d], k);
#end
    }
#end
    var fade = array<f32, ROWS>();
    var weight = array<f32, ROWS>();
#for r in ROWS
    {
      // Key 0 is visible to every row, so `largest` is a real score from the first turn on.
      let visible = j <= position[$r];
      let top = select(largest[$r], max(largest[$r], score[$r]), visible);
      fade[$r] = exp(largest[$r] - top);
      let e = select(0.0, exp(min(score[$r] - top, 0.0)), visible);
      largest[$r] = top;
      sum[$r] = sum[$r] * fade[$r] + e;
#if DROPOUT
      let element = (bh * p.rows + min(row0 + $r, p.rows - 1u)) * p.keys + j;
      weight[$r] = e * keep(element, p.stream, seed[0], p.threshold, p.keep_scale);
#else
      weight[$r] = e;
#end
    }
#end
#for d in PARTS
    {
      let v = load_cache(at + p.value_offset, $d);
#for r in ROWS
      o[$r * PARTS + $d] = o[$r * PARTS + $d] * fade[$r] + weight[$r] * v;
#end
    }
#end
  }

  var o_out = o;
  var sum_out = sum;
  var largest_out = largest;
  for (var r = 0u; r < ROWS && row0 + r < p.rows; r++) {
    let at = (b * p.rows + row0 + r) * p.out_stride + column;
    for (var d = 0u; d < PARTS; d++) { store(at, d, o_out[r * PARTS + d] / sum_out[r]); }
    lse[bh * p.rows + row0 + r] = largest_out[r] + log(sum_out[r]);
  }
}
