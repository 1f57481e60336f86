// What the variants of a matmul share: out = op(A) op(B), and what is done to each result before it is stored.
#include vec
#include gelu
#storage A
#storage B
#storage Pre
#storage Out
const TRANSPOSE_A: bool = false;
const TRANSPOSE_B: bool = false;
// Whether k ends within a turn of the loop.
const RAGGED: bool = false;
const BIAS: bool = false;
const RESIDUAL: bool = false;
const ACCUMULATE: bool = false;
const GELU: bool = false;
const KEEP_PRE: bool = false;
const GELU_BACKWARD: bool = false;
const COLUMN_SUMS: bool = false;
// k is cut into parts; each stores m rows of its own, and one for the column sums, that matmul_sum adds up.
const SPLIT: bool = false;

// m, n, k in elements; leading dimensions and offsets in Vecs. groups_y: workgroups down a part; k_part: its k; column: what stands before
// the first column, where a dispatch works out some alone.
struct Params {
  m: u32, n: u32, k: u32, lda: u32, ldb: u32, ldc: u32,
  a_offset: u32, b_offset: u32, out_offset: u32, groups_y: u32, k_part: u32, column: u32, scale: f32,
}

@group(0) @binding(0) var<storage, read> a_in: array<A>;
@group(0) @binding(1) var<storage, read> b_in: array<B>;
@group(0) @binding(2) var<storage, read> bias: array<Vec>;
@group(0) @binding(3) var<storage, read> residual: array<Vec>;
// Before GELU: written forward, read backward. Or the column sums of B.
@group(0) @binding(4) var<storage, read_write> pre: array<Pre>;
@group(0) @binding(5) var<storage, read_write> out: array<Out>;
@group(0) @binding(6) var<uniform> p: Params;

fn load_a(at: u32) -> Vec { return Vec(a_in[at]); }
fn load_b(at: u32) -> Vec { return Vec(b_in[at]); }

// Stores the sum of a result, or of a Vec of them, with all that belongs to it.
fn finish(row: u32, col: u32, sum: Vec) {
  let at = p.out_offset + row * p.ldc + col;
  var v = sum * p.scale;
#if BIAS
  v += bias[p.column + col];
#end
#if RESIDUAL
  v += residual[at];
#end
#if ACCUMULATE
  v += Vec(out[at]);
#end
#if KEEP_PRE
  // What backward will read goes on, so that working GELU out again gives the same.
  let kept = to_pre(v);
  pre[at] = kept;
  v = Vec(kept);
#end
#if GELU
  v = gelu(v);
#end
#if GELU_BACKWARD
  v *= gelu_derivative(Vec(pre[at]));
#end
  out[at] = to_out(v);
}

// Stores the sum over k of a column of B.
fn finish_columns(part: u32, col: u32, sum: Vec) {
#if SPLIT
  out[p.out_offset + (part * (p.m + 1u) + p.m) * p.ldc + col] = to_out(sum);
#else
  let at = p.column + col;
#if ACCUMULATE
  pre[at] = to_pre(Vec(pre[at]) + sum);
#else
  pre[at] = to_pre(sum);
#end
#end
}
