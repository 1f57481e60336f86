// out = x, a thread for every `threads`-th vector.
const GROUP: u32 = 256u;

struct Params { length: u32, threads: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var i = id.x; i < p.length; i += p.threads) { out[i] = x[i]; }
}
