// Each thread sums the squares of every THREADS-th block of a segment.
#include flat
// vec4s of a block.
const BLOCK: u32 = 1u;

struct Params { blocks: u32, threads: u32, out_offset: u32, first: u32, end: u32 }

@group(0) @binding(0) var<storage, read> x: array<array<vec4f, BLOCK>>;
@group(0) @binding(1) var<storage, read_write> partial: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let i = p.first + flat_index(w, n, l);
  if (i >= p.end) { return; }
  var sum = vec4f(0);
  for (var at = i; at < p.blocks; at += p.threads) {
    let block = &x[at];
    for (var j = 0u; j < BLOCK; j++) {
      let v = (*block)[j];
      sum += v * v;
    }
  }
  partial[p.out_offset + i] = (sum.x + sum.y) + (sum.z + sum.w);
}
