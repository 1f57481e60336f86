// out[r] = wte[token[r]] + wpe[r % seq_len + cursor]
#include vec
#include flat

// wte holds the rows first .. first + count of the vocabulary; tokens of others are left alone.
struct Params { rows: u32, width: u32, seq_len: u32, vocab: u32, positions: u32, first: u32, count: u32 }

@group(0) @binding(0) var<storage, read> tokens: array<u32>;
@group(0) @binding(1) var<storage, read> wte: array<Vec>;
@group(0) @binding(2) var<storage, read> wpe: array<Vec>;
@group(0) @binding(3) var<storage, read> cursor: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<Vec>;
@group(0) @binding(5) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = flat_index(w, n, l);
  if (i >= p.rows * p.width) { return; }
  let row = i / p.width;
  let c = i % p.width;
  let token = min(tokens[row], p.vocab - 1u) - p.first;
  // Wraps round below the first.
  if (token >= p.count) { return; }
  let position = min(row % p.seq_len + cursor[0], p.positions - 1u);
  out[i] = wte[token * p.width + c] + wpe[position * p.width + c];
}
