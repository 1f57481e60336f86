// Softmax cross-entropy of one row per thread, its gradient in place. Rows are padded to whole vec4s; the padding's gradient is 0.
#include vec
#include flat
#storage Logits
const VOCAB: u32 = 1u;
// vec4s of a row: where its length is known an access needs no look at the length of the buffer.
const COLUMNS: u32 = 1u;
// vec4s without padding, and how many of them are read at once, a divisor of it.
const WHOLE: u32 = 0u;
const CHUNK: u32 = 1u;
const PADDED: bool = false;

struct Params { rows: u32, row_offset: u32, gradient: u32, scaled: u32 }

@group(0) @binding(0) var<storage, read_write> logits: array<array<Logits, COLUMNS>>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read_write> row_loss: array<f32>;
@group(0) @binding(4) var<storage, read> loss_scale: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

// Less than any logit, with room for the difference of two.
const MASKED = vec4f(-1e30);

// Which numbers of a vec4 are no padding.
fn inside(c: u32) -> vec4<bool> {
  return c * 4u + vec4u(0, 1, 2, 3) < vec4u(VOCAB);
}

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) l: u32) {
  let row = flat_index(w, n, l);
  if (row >= p.rows) { return; }
  let values = &logits[row];
  let label = labels[p.row_offset + row];
  if (label < 0 || u32(label) >= VOCAB) {
    row_loss[p.row_offset + row] = 0.0;
    if (p.gradient != 0u) {
      for (var c = 0u; c < COLUMNS; c++) { (*values)[c] = to_logits(vec4f(0)); }
    }
    return;
  }
  // Each lane keeps its largest logit and the sum of exp(logit - largest), which shrinks when a larger one comes.
#if PADDED
  let last = select(MASKED, vec4f((*values)[WHOLE]), inside(WHOLE));
  var largest4 = last;
  var sum4 = select(vec4f(0), vec4f(1), inside(WHOLE));
#else
  var largest4 = MASKED;
  var sum4 = vec4f(0);
#end
  for (var c = 0u; c < WHOLE; c += CHUNK) {
    var chunk_largest = largest4;
#for i in CHUNK
    let v$i = vec4f((*values)[c + $i]);
    chunk_largest = max(chunk_largest, v$i);
#end
    sum4 *= exp(largest4 - chunk_largest);
    largest4 = chunk_largest;
#for i in CHUNK
    sum4 += exp(v$i - largest4);
#end
  }
  let largest = max(max(largest4.x, largest4.y), max(largest4.z, largest4.w));
  let sum = total(sum4 * exp(largest4 - largest));
  let at = u32(label) / 4u;
  let lane = u32(label) % 4u;
  let around = vec4f((*values)[at]);
  row_loss[p.row_offset + row] = log(sum) - (around[lane] - largest);
  if (p.gradient == 0u) { return; }
  var factor = scale[0];
  if (p.scaled != 0u) { factor *= loss_scale[0]; }
  let inverse = factor / sum;
  for (var c = 0u; c < WHOLE; c++) {
    (*values)[c] = to_logits(exp(vec4f((*values)[c]) - largest) * inverse);
  }
#if PADDED
  (*values)[WHOLE] = to_logits(exp(last - largest) * inverse);
#end
  let hit = select(vec4f(0), vec4f(factor), vec4u(0, 1, 2, 3) == vec4u(lane));
  (*values)[at] = to_logits(exp(select(MASKED, around, inside(at)) - largest) * inverse - hit);
}
