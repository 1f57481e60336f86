// Nothing but multiply-adds: eight chains of four lanes in registers, none of which waits for another.
const FUSED: bool = true;
const CHAINS: u32 = 8u;
const UNROLL: u32 = 4u;

struct Params { rounds: u32, a: f32, b: f32 }

@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@group(0) @binding(1) var<uniform> p: Params;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) l: u32) {
  let a = Lanes(Number(p.a));
  let b = Lanes(Number(p.b));
  #for i in CHAINS
  var x$i = Lanes(Number(f32(l) * 1e-3 + f32($i)));
  #end
  for (var round = 0u; round < p.rounds; round++) {
    #for u in UNROLL
    #for i in CHAINS
    #if FUSED
    x$i = fma(x$i, a, b);
    #else
    x$i = x$i * a + b;
    #end
    #end
    #end
  }
  var sum = Lanes(Number(0));
  #for i in CHAINS
  sum += x$i;
  #end
  // Never so, but only the device could know.
  if (sum.x + sum.y + sum.z + sum.w < Number(0)) { out[l] = f32(sum.x); }
}
