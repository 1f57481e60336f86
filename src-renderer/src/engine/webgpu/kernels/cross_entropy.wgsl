// Softmax cross-entropy of one row per thread, its gradient in place. Rows are padded to whole vec4s; the padding's gradient is 0.
#include flat

struct Params { rows: u32, width: u32, vocab: u32, row_offset: u32, gradient: u32 }

@group(0) @binding(0) var<storage, read_write> logits: array<vec4f>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read_write> row_loss: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const MASKED = vec4f(-3e38);

fn inside(c: u32) -> vec4<bool> {
  return c * 4u + vec4u(0, 1, 2, 3) < vec4u(p.vocab);
}

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let row = flat_index(w, n, l);
  if (row >= p.rows) { return; }
  let base = row * p.width;
  let label = labels[p.row_offset + row];
  let counts = label >= 0 && u32(label) < p.vocab;
  if (!counts) {
    row_loss[p.row_offset + row] = 0.0;
    if (p.gradient != 0u) {
      for (var c = 0u; c < p.width; c++) { logits[base + c] = vec4f(0); }
    }
    return;
  }
  var largest4 = MASKED;
  for (var c = 0u; c < p.width; c++) { largest4 = max(largest4, select(MASKED, logits[base + c], inside(c))); }
  let largest = max(max(largest4.x, largest4.y), max(largest4.z, largest4.w));
  var sum4 = vec4f(0);
  for (var c = 0u; c < p.width; c++) { sum4 += select(vec4f(0), exp(min(logits[base + c] - largest, vec4f(0))), inside(c)); }
  let sum = (sum4.x + sum4.y) + (sum4.z + sum4.w);
  row_loss[p.row_offset + row] = log(sum) - (logits[base + u32(label) / 4u][u32(label) % 4u] - largest);
  if (p.gradient == 0u) { return; }
  let factor = scale[0];
  let inverse = factor / sum;
  for (var c = 0u; c < p.width; c++) {
    let hit = select(vec4f(0), vec4f(factor), c * 4u + vec4u(0, 1, 2, 3) == vec4u(u32(label)));
    logits[base + c] = select(vec4f(0), exp(min(logits[base + c] - largest, vec4f(0))) * inverse - hit, inside(c));
  }
}
