// How a binding of type $T keeps its Vecs: in 32 bits, or in 16, whose largest number is 65,504. All work is done in 32: `Vec(x[i])` reads.
// What 16 bits can't hold becomes the largest number, or, so that a gradient's overflow shows, an infinity.
const $C_F16: bool = false;
const $C_INFINITE: bool = false;
#if $C_F16
#if VEC4
alias $T = vec4h;
#else
alias $T = f16;
#end
#if $C_INFINITE
fn to_$t(v: Vec) -> $T { return $T(select(v, v * 3e38, abs(v) > Vec(65504))); }
#else
fn to_$t(v: Vec) -> $T { return $T(select(v, sign(v) * 65504.0, abs(v) > Vec(65504))); }
#end
#else
alias $T = Vec;
fn to_$t(v: Vec) -> $T { return v; }
#end
