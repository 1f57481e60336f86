// results[1] = norm from the partial sums of squares, results[2] = what to scale gradients by (torch.nn.utils.clip_grad_norm_).

struct Params { count: u32, max_norm: f32 }

@group(0) @binding(0) var<storage, read> partial: array<f32>;
@group(0) @binding(1) var<storage, read_write> results: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var i = 0u; i < p.count; i++) { sum += partial[i]; }
  let norm = sqrt(sum);
  results[1] = norm;
  results[2] = select(1.0, min(1.0, p.max_norm / (norm + 1e-6)), p.max_norm > 0.0);
}
