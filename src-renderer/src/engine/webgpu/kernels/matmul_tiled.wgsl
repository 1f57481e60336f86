// Matmul in tiles kept in workgroup memory: a workgroup holds 4 GROUP_Y ROW_VECS x 4 GROUP_X COL_VECS results, a thread ROW_VECS x COL_VECS
// blocks of 4 x 4 of them in registers.
#include matmul
const GROUP_X: u32 = 16u;
const GROUP_Y: u32 = 16u;
const ROW_VECS: u32 = 1u;
const COL_VECS: u32 = 1u;
// k of a tile, and k multiplied at once.
const DEPTH: u32 = 16u;
const UNROLL: u32 = 4u;
// Rows of a block.
const FOUR: u32 = 4u;

const THREADS = GROUP_X * GROUP_Y;
// vec4s of a row of each tile, which is all rows of A, or columns of B, at one k; one more, so that a column's lie in different banks.
const A_VECS = GROUP_Y * ROW_VECS;
const B_VECS = GROUP_X * COL_VECS;
const A_STRIDE = A_VECS + 1u;
const B_STRIDE = B_VECS + 1u;
const K_VECS = DEPTH / 4u;

var<workgroup> a_tile: array<vec4f, DEPTH * A_STRIDE>;
var<workgroup> b_tile: array<vec4f, DEPTH * B_STRIDE>;

// Four elements of a line of A or B, from element `at` on; past an edge the last ones.
fn a4(line: u32, at: u32) -> vec4f {
#if TRANSPOSE_A
  let start = p.a_offset + min(line, p.k - 1u) * p.lda;
  let last = p.m - 1u;
#else
  let start = p.a_offset + min(line, p.m - 1u) * p.lda;
  let last = p.k - 1u;
#end
#if VEC4
  return load_a(start + min(at, last) / 4u);
#else
  let i = start + min(vec4u(at, at + 1u, at + 2u, at + 3u), vec4u(last));
  return vec4f(load_a(i.x), load_a(i.y), load_a(i.z), load_a(i.w));
#end
}

fn b4(line: u32, at: u32) -> vec4f {
#if TRANSPOSE_B
  let start = p.b_offset + min(line, p.n - 1u) * p.ldb;
  let last = p.k - 1u;
#else
  let start = p.b_offset + min(line, p.k - 1u) * p.ldb;
  let last = p.n - 1u;
#end
#if VEC4
  return load_b(start + min(at, last) / 4u);
#else
  let i = start + min(vec4u(at, at + 1u, at + 2u, at + 3u), vec4u(last));
  return vec4f(load_b(i.x), load_b(i.y), load_b(i.z), load_b(i.w));
#end
}

// Fills the tiles from row0, col0 and k0 on, in blocks of 4 x 4; B counts as zero from k_end on.
fn stage(local: u32, row0: u32, col0: u32, k0: u32, k_end: u32) {
  for (var block = local; block < A_VECS * K_VECS; block += THREADS) {
#if TRANSPOSE_A
    let g = block % A_VECS;
    let k = block / A_VECS * 4u;
#for s in FOUR
    a_tile[(k + $s) * A_STRIDE + g] = a4(k0 + k + $s, row0 + g * 4u);
#end
#else
    let k = block % K_VECS * 4u;
    let g = block / K_VECS;
    let line = row0 + g * 4u;
    let v = transpose(mat4x4f(a4(line, k0 + k), a4(line + 1u, k0 + k), a4(line + 2u, k0 + k), a4(line + 3u, k0 + k)));
#for s in FOUR
    a_tile[(k + $s) * A_STRIDE + g] = v[$s];
#end
#end
  }
  for (var block = local; block < B_VECS * K_VECS; block += THREADS) {
#if TRANSPOSE_B
    let k = block % K_VECS * 4u;
    let g = block / K_VECS;
    let line = col0 + g * 4u;
    let v = transpose(mat4x4f(b4(line, k0 + k), b4(line + 1u, k0 + k), b4(line + 2u, k0 + k), b4(line + 3u, k0 + k)));
#for s in FOUR
    b_tile[(k + $s) * B_STRIDE + g] = counted(v[$s], k0 + k + $s, k_end);
#end
#else
    let g = block % B_VECS;
    let k = block / B_VECS * 4u;
#for s in FOUR
    b_tile[(k + $s) * B_STRIDE + g] = counted(b4(k0 + k + $s, col0 + g * 4u), k0 + k + $s, k_end);
#end
#end
  }
}

fn counted(v: vec4f, k: u32, k_end: u32) -> vec4f {
#if RAGGED
  return select(vec4f(), v, k < k_end);
#else
  return v;
#end
}

// Stores four results of a row, from column `col` on.
fn finish4(row: u32, col: u32, sum: vec4f) {
#if VEC4
  if (col < p.n) { finish(row, col / 4u, sum); }
#else
#for c in FOUR
  if (col + $c < p.n) { finish(row, col + $c, sum[$c]); }
#end
#end
}

@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
#if SPLIT
  let part = workgroup.y / p.groups_y;
  let group = vec2u(workgroup.x, workgroup.y % p.groups_y);
  let k_end = min((part + 1u) * p.k_part, p.k);
#else
  let part = 0u;
  let group = workgroup.xy;
  let k_end = p.k;
#end
  let row0 = group.y * A_VECS * 4u;
  let col0 = group.x * B_VECS * 4u;
  var acc = array<vec4f, ROW_VECS * 4u * COL_VECS>();
#if COLUMN_SUMS
  var sums = array<vec4f, COL_VECS>();
#end
  for (var k0 = part * p.k_part; k0 < k_end; k0 += DEPTH) {
    stage(index, row0, col0, k0, k_end);
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k += UNROLL) {
#for u in UNROLL
      {
        var b = array<vec4f, COL_VECS>();
#for j in COL_VECS
        b[$j] = b_tile[(k + $u) * B_STRIDE + local.x + $j * GROUP_X];
#if COLUMN_SUMS
        sums[$j] += b[$j];
#end
#end
#for i in ROW_VECS
        {
          let a = a_tile[(k + $u) * A_STRIDE + local.y + $i * GROUP_Y];
#for r in FOUR
#for j in COL_VECS
          acc[($i * 4 + $r) * COL_VECS + $j] = fma(vec4f(a[$r]), b[$j], acc[($i * 4 + $r) * COL_VECS + $j]);
#end
#end
        }
#end
      }
#end
    }
    workgroupBarrier();
  }

#if COLUMN_SUMS
  if (group.y == 0u && local.y == 0u) {
#for j in COL_VECS
    {
      let col = col0 + (local.x + $j * GROUP_X) * 4u;
#if VEC4
      if (col < p.n) { finish_columns(part, col / 4u, sums[$j]); }
#else
#for c in FOUR
      if (col + $c < p.n) { finish_columns(part, col + $c, sums[$j][$c]); }
#end
#end
    }
#end
  }
#end
#for i in ROW_VECS
#for r in FOUR
  {
    let row = row0 + (local.y + $i * GROUP_Y) * 4u + $r;
    if (row < p.m) {
#for j in COL_VECS
      finish4(part * (p.m + 1u) + row, col0 + (local.x + $j * GROUP_X) * 4u, acc[($i * 4 + $r) * COL_VECS + $j]);
#end
    }
  }
#end
#end
}
