// GELU, tanh form (Hendrycks and Gimpel; HF "gelu_new"): 0.5 x (1 + tanh(u)) = x sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3).
// The exponent is clamped because an infinity is undefined in WGSL.
fn gelu_gate(x: Vec) -> Vec {
  let u2 = 1.5957691216057308 * (x + 0.044715 * x * x * x);
  return Vec(1) / (Vec(1) + exp(-clamp(u2, Vec(-80), Vec(80))));
}

fn gelu(x: Vec) -> Vec { return x * gelu_gate(x); }

fn gelu_derivative(x: Vec) -> Vec {
  let s = gelu_gate(x);
  return s + x * s * (Vec(1) - s) * 1.5957691216057308 * (Vec(1) + 0.134145 * x * x);
}
