// Threads of a workgroup in kernels that count their threads in one row.
const GROUP: u32 = 64u;

// A grid longer than 65,535 workgroups is folded into rows.
fn flat_index(workgroup: vec3u, workgroups: vec3u, local: u32) -> u32 {
  return (workgroup.y * workgroups.x + workgroup.x) * GROUP + local;
}
