// out = op(A) op(B) with an epilogue. Each thread holds ROWS x COLS Vecs of results in registers; no workgroup memory.
#include vec
#include gelu
const TRANSPOSE_A: bool = false;
const TRANSPOSE_B: bool = false;
const ROWS: u32 = 16u;
const COLS: u32 = 4u;
// ROWS / WIDTH, where A is read down its columns.
const A_COLS: u32 = 4u;
// Turns of the loop down the columns written out at once.
const UNROLL: u32 = 4u;
const GROUP_X: u32 = 2u;
const GROUP_Y: u32 = 2u;

// m, n, k in elements; leading dimensions and offsets in Vecs.
struct Params {
  m: u32, n: u32, k: u32, lda: u32, ldb: u32, ldc: u32,
  a_offset: u32, b_offset: u32, out_offset: u32, flags: u32,
}

const BIAS = 1u;
const RESIDUAL = 2u;
const ACCUMULATE = 4u;
const GELU = 8u;
const KEEP_PRE = 16u;
const GELU_BACKWARD = 32u;
const COLUMN_SUMS = 64u;

@group(0) @binding(0) var<storage, read> a_in: array<Vec>;
@group(0) @binding(1) var<storage, read> b_in: array<Vec>;
@group(0) @binding(2) var<storage, read> bias: array<Vec>;
@group(0) @binding(3) var<storage, read> residual: array<Vec>;
// Before GELU: written forward, read backward. Or the column sums of B.
@group(0) @binding(4) var<storage, read_write> pre: array<Vec>;
@group(0) @binding(5) var<storage, read_write> out: array<Vec>;
@group(0) @binding(6) var<uniform> p: Params;

fn finish(row: u32, col: u32, sum: Vec) {
  let at = p.out_offset + row * p.ldc + col;
  var v = sum;
  if ((p.flags & BIAS) != 0u) { v += bias[col]; }
  if ((p.flags & RESIDUAL) != 0u) { v += residual[at]; }
  if ((p.flags & ACCUMULATE) != 0u) { v += out[at]; }
  if ((p.flags & KEEP_PRE) != 0u) { pre[at] = v; }
  if ((p.flags & GELU) != 0u) { v = gelu(v); }
  if ((p.flags & GELU_BACKWARD) != 0u) { v *= gelu_derivative(pre[at]); }
  out[at] = v;
}

@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row0 = id.y * ROWS;
  let col0 = id.x * COLS;
  let cols = (p.n + WIDTH - 1u) / WIDTH;
  if (row0 >= p.m || col0 >= cols) { return; }
  var acc = array<Vec, ROWS * COLS>();

  // Rows and columns past the edge read the last one; their results are not stored.
#if TRANSPOSE_A
  var a_at = array<u32, A_COLS>();
  var b_at = array<u32, COLS>();
  let a_last = (p.m + WIDTH - 1u) / WIDTH - 1u;
#for g in A_COLS
  a_at[$g] = p.a_offset + min(row0 / WIDTH + $g, a_last);
#end
#for j in COLS
  b_at[$j] = p.b_offset + min(col0 + $j, cols - 1u);
#end
  var column_sums = array<Vec, COLS>();
  let whole = p.k / UNROLL * UNROLL;
  for (var k = 0u; k < whole; k += UNROLL) {
#for u in UNROLL
    {
      var b = array<Vec, COLS>();
#for j in COLS
      b[$j] = b_in[b_at[$j] + (k + $u) * p.ldb];
      column_sums[$j] += b[$j];
#end
#for g in A_COLS
      {
        let a = a_in[a_at[$g] + (k + $u) * p.lda];
#for s in WIDTH
#for j in COLS
        acc[($g * WIDTH + $s) * COLS + $j] += a.lane($s) * b[$j];
#end
#end
      }
#end
    }
#end
  }
  for (var k = whole; k < p.k; k++) {
    {
      var b = array<Vec, COLS>();
#for j in COLS
      b[$j] = b_in[b_at[$j] + k * p.ldb];
      column_sums[$j] += b[$j];
#end
#for g in A_COLS
      {
        let a = a_in[a_at[$g] + k * p.lda];
#for s in WIDTH
#for j in COLS
        acc[($g * WIDTH + $s) * COLS + $j] += a.lane($s) * b[$j];
#end
#end
      }
#end
    }
  }
  if ((p.flags & COLUMN_SUMS) != 0u && row0 == 0u) {
#for j in COLS
    if (col0 + $j < cols) { pre[col0 + $j] = column_sums[$j]; }
#end
  }
#else
  var a_at = array<u32, ROWS>();
#for i in ROWS
  a_at[$i] = p.a_offset + min(row0 + $i, p.m - 1u) * p.lda;
#end
  let k_end = (p.k + WIDTH - 1u) / WIDTH;
#if TRANSPOSE_B
  var b_at = array<u32, COLS * WIDTH>();
#for j in COLS
#for s in WIDTH
  b_at[$j * WIDTH + $s] = p.b_offset + min((col0 + $j) * WIDTH + $s, p.n - 1u) * p.ldb;
#end
#end
  for (var k = 0u; k < k_end; k++) {
    var a = array<Vec, ROWS>();
#for i in ROWS
    a[$i] = a_in[a_at[$i] + k];
#end
#for j in COLS
#for s in WIDTH
    {
      let b = b_in[b_at[$j * WIDTH + $s] + k];
#for i in ROWS
      acc[$i * COLS + $j].lane($s) += inner(a[$i], b);
#end
    }
#end
#end
  }
#else
  var b_at = array<u32, COLS>();
#for j in COLS
  b_at[$j] = p.b_offset + min(col0 + $j, cols - 1u);
#end
  for (var k = 0u; k < k_end; k++) {
    var a = array<Vec, ROWS>();
#for i in ROWS
    a[$i] = a_in[a_at[$i] + k];
#end
#for s in WIDTH
    {
      // Past k, A holds zeros.
      let b_row = min(k * WIDTH + $s, p.k - 1u) * p.ldb;
#for j in COLS
      {
        let b = b_in[b_at[$j] + b_row];
#for i in ROWS
        acc[$i * COLS + $j] += a[$i].lane($s) * b;
#end
      }
#end
    }
#end
  }
#end
#end

  // An array indexed by a variable leaves the registers, so only this copy is.
  var result = acc;
  for (var i = 0u; i < ROWS && row0 + i < p.m; i++) {
    for (var j = 0u; j < COLS && col0 + j < cols; j++) { finish(row0 + i, col0 + j, result[i * COLS + j]); }
  }
}
