// Vec is vec4f where every row length is a multiple of 4, else f32.
const VEC4: bool = true;
#if VEC4
alias Vec = vec4f;
const WIDTH: u32 = 4u;
fn total(v: Vec) -> f32 { return (v.x + v.y) + (v.z + v.w); }
fn inner(a: Vec, b: Vec) -> f32 { return dot(a, b); }
#else
alias Vec = f32;
const WIDTH: u32 = 1u;
fn total(v: Vec) -> f32 { return v; }
fn inner(a: Vec, b: Vec) -> f32 { return a * b; }
#end
