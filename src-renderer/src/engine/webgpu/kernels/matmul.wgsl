// Matmul in which each thread holds ROWS x COLS Vecs of results in registers; no workgroup memory.
#include matmul
// Four neighbouring threads, two by two, load a half each of what they share and exchange it: half the loads.
const QUAD: bool = false;
const ROWS: u32 = 4u;
const COLS: u32 = 1u;
// COLS in elements.
const WIDE: u32 = 4u;
// Rows, and Vecs of columns, that a thread loads itself.
const OWN_ROWS: u32 = 4u;
const OWN_COLS: u32 = 1u;
// OWN_ROWS / WIDTH and OWN_COLS * WIDTH, where A or B is read the other way.
const A_VECS: u32 = 1u;
const B_ROWS: u32 = 4u;
// k of one turn of the loop; the sums below are written out for it.
const DEPTH: u32 = 4u;
const GROUP_X: u32 = 16u;
const GROUP_Y: u32 = 8u;

@compute @workgroup_size(GROUP_X, GROUP_Y)
#if QUAD
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) invocation: u32) {
#else
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
#end
#if SPLIT
  let part = workgroup.y / p.groups_y;
  let group = vec2u(workgroup.x, workgroup.y % p.groups_y);
  let k_end = min((part + 1u) * p.k_part, p.k);
#else
  let part = 0u;
  let group = workgroup.xy;
  let k_end = p.k;
#end
#if QUAD
  let x_half = invocation & 1u;
  let y_half = (invocation >> 1u) & 1u;
  let tile = group * 2u + vec2u(x_half, y_half);
  // First the half that this thread loads, then its neighbour's.
  let row_at = array<u32, 2>(tile.y * ROWS + x_half * OWN_ROWS, tile.y * ROWS + (1u - x_half) * OWN_ROWS);
  let col_at = array<u32, 2>(tile.x * COLS + y_half * OWN_COLS, tile.x * COLS + (1u - y_half) * OWN_COLS);
#else
  let tile = group * vec2u(GROUP_X, GROUP_Y) + local.xy;
  let row_at = array<u32, 1>(tile.y * ROWS);
  let col_at = array<u32, 1>(tile.x * COLS);
#end
  let cols = (p.n + WIDTH - 1u) / WIDTH;
#if QUAD
#else
  if (row_at[0] >= p.m || col_at[0] >= cols) { return; }
#end

  // Rows and columns past the edge read the last one; their results are not stored.
#if TRANSPOSE_A
  let a_last = (p.m + WIDTH - 1u) / WIDTH - 1u;
  var a_at = array<u32, A_VECS>();
#for g in A_VECS
  a_at[$g] = p.a_offset + min(row_at[0] / WIDTH + $g, a_last);
#end
#else
  var a_at = array<u32, OWN_ROWS>();
#for i in OWN_ROWS
  a_at[$i] = p.a_offset + min(row_at[0] + $i, p.m - 1u) * p.lda;
#end
#end
#if TRANSPOSE_B
  var b_at = array<u32, B_ROWS>();
#for j in B_ROWS
  b_at[$j] = p.b_offset + min(col_at[0] * WIDTH + $j, p.n - 1u) * p.ldb;
#end
#else
  var b_at = array<u32, OWN_COLS>();
#for j in OWN_COLS
  b_at[$j] = p.b_offset + min(col_at[0] + $j, cols - 1u);
#end
#end

  var acc = array<f32, ROWS * WIDE>();
  var x = array<f32, ROWS * DEPTH>();
  var y = array<f32, DEPTH * WIDE>();
#if COLUMN_SUMS
  var sums = array<f32, WIDE>();
#end
  for (var k = part * p.k_part; k < k_end; k += DEPTH) {
    // Past the end B counts as zero; in nn with VEC4 it is A that holds zeros there.
    let row_of_k = min(vec4u(k, k + 1u, k + 2u, k + 3u), vec4u(p.k - 1u));
#if RAGGED
    let counts = select(vec4f(), vec4f(1), vec4u(k, k + 1u, k + 2u, k + 3u) < vec4u(k_end));
#end
#if TRANSPOSE_A
#for s in DEPTH
#for g in A_VECS
    {
      let a = load_a(a_at[$g] + row_of_k[$s] * p.lda);
#if QUAD
      let other = quadSwapX(a);
#end
#for r in WIDTH
      x[($g * WIDTH + $r) * DEPTH + $s] = a.lane($r);
#if QUAD
      x[(OWN_ROWS + $g * WIDTH + $r) * DEPTH + $s] = other.lane($r);
#end
#end
    }
#end
#end
#else
#for i in OWN_ROWS
#if VEC4
    {
      let a = load_a(a_at[$i] + k / WIDTH);
#if QUAD
      let other = quadSwapX(a);
#end
#for s in DEPTH
      x[$i * DEPTH + $s] = a[$s];
#if QUAD
      x[(OWN_ROWS + $i) * DEPTH + $s] = other[$s];
#end
#end
    }
#else
#for s in DEPTH
    {
      let a = load_a(a_at[$i] + row_of_k[$s]);
      x[$i * DEPTH + $s] = a;
#if QUAD
      x[(OWN_ROWS + $i) * DEPTH + $s] = quadSwapX(a);
#end
    }
#end
#end
#end
#end

#if TRANSPOSE_B
#for j in B_ROWS
#if VEC4
    {
      let b = load_b(b_at[$j] + k / WIDTH);
#if QUAD
      let other = quadSwapY(b);
#end
#for s in DEPTH
      y[$s * WIDE + $j] = b[$s];
#if QUAD
      y[$s * WIDE + B_ROWS + $j] = other[$s];
#end
#end
    }
#else
#for s in DEPTH
    {
#if RAGGED
      let b = load_b(b_at[$j] + row_of_k[$s]) * counts[$s];
#else
      let b = load_b(b_at[$j] + k + $s);
#end
      y[$s * WIDE + $j] = b;
#if QUAD
      y[$s * WIDE + B_ROWS + $j] = quadSwapY(b);
#end
    }
#end
#end
#end
#else
#for s in DEPTH
    {
      let b_row = row_of_k[$s] * p.ldb;
#for j in OWN_COLS
      {
#if RAGGED
        let b = load_b(b_at[$j] + b_row) * counts[$s];
#else
        let b = load_b(b_at[$j] + b_row);
#end
#if QUAD
        let other = quadSwapY(b);
#end
#for c in WIDTH
        y[$s * WIDE + $j * WIDTH + $c] = b.lane($c);
#if QUAD
        y[$s * WIDE + (OWN_COLS + $j) * WIDTH + $c] = other.lane($c);
#end
#end
      }
#end
    }
#end
#end

#for i in ROWS
#for j in WIDE
    acc[$i * WIDE + $j] = acc[$i * WIDE + $j] + x[$i * DEPTH] * y[$j] + x[$i * DEPTH + 1] * y[WIDE + $j]
      + x[$i * DEPTH + 2] * y[2 * WIDE + $j] + x[$i * DEPTH + 3] * y[3 * WIDE + $j];
#end
#end
#if COLUMN_SUMS
#for j in WIDE
    sums[$j] += (y[$j] + y[WIDE + $j]) + (y[2 * WIDE + $j] + y[3 * WIDE + $j]);
#end
#end
  }

#if COLUMN_SUMS
  if (tile.y == 0u) {
#for j in COLS
    {
      let col = col_at[$j / OWN_COLS] + $j % OWN_COLS;
      if (col < cols) {
#if VEC4
        finish_columns(part, col, vec4f(sums[$j * 4], sums[$j * 4 + 1], sums[$j * 4 + 2], sums[$j * 4 + 3]));
#else
        finish_columns(part, col, sums[$j]);
#end
      }
    }
#end
  }
#end
#for i in ROWS
  {
    let row = row_at[$i / OWN_ROWS] + $i % OWN_ROWS;
    if (row < p.m) {
#for j in COLS
      {
        let col = col_at[$j / OWN_COLS] + $j % OWN_COLS;
#if VEC4
        let sum = vec4f(acc[$i * WIDE + $j * 4], acc[$i * WIDE + $j * 4 + 1], acc[$i * WIDE + $j * 4 + 2], acc[$i * WIDE + $j * 4 + 3]);
#else
        let sum = acc[$i * WIDE + $j];
#end
        if (col < cols) { finish(part * (p.m + 1u) + row, col, sum); }
      }
#end
    }
  }
#end
}
