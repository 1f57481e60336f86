// results[1] = norm from the partial sums of squares, results[2] = what to scale gradients by (torch.nn.utils.clip_grad_norm_).
// Where the loss was scaled, both undo it, and the scale of the next step is settled (torch.amp.GradScaler, halving and doubling).

struct Params { count: u32, scaled: u32, grow_after: u32, max_norm: f32 }

@group(0) @binding(0) var<storage, read> partial: array<f32>;
@group(0) @binding(1) var<storage, read_write> results: array<f32>;
// Loss scale, clean steps since it changed, steps skipped.
@group(0) @binding(2) var<storage, read_write> scaling: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn next_scale(norm: f32) {
  // By its bits: WGSL may assume that there are no infinities.
  if ((bitcast<u32>(norm) & 0x7f800000u) == 0x7f800000u) {
    scaling[0] = max(scaling[0] * 0.5, 1.0);
    scaling[1] = 0.0;
    scaling[2] += 1.0;
  } else if (u32(scaling[1]) + 1u >= p.grow_after) {
    scaling[0] *= 2.0;
    scaling[1] = 0.0;
  } else {
    scaling[1] += 1.0;
  }
}

@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var i = 0u; i < p.count; i++) { sum += partial[i]; }
  var scale = 1.0;
  if (p.scaled != 0u) { scale = scaling[0]; }
  let norm = sqrt(sum) / scale;
  results[1] = norm;
  results[2] = select(1.0, min(1.0, p.max_norm / (norm + 1e-6)), p.max_norm > 0.0) / scale;
  if (p.scaled != 0u) {
    results[3] = scale;
    next_scale(norm);
  }
}
