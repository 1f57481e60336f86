// Counter-based random bits: PCG's output permutation (Jarzynski and Olano 2020, "pcg_hash") over element, stream and seed.
fn pcg(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

fn random_bits(element: u32, stream: u32, seed: u32) -> u32 {
  return pcg(element ^ pcg(stream ^ pcg(seed)));
}

// 0 where the element is dropped, else 1 / (1 - p); threshold is p 2^32.
fn keep(element: u32, stream: u32, seed: u32, threshold: u32, scale: f32) -> f32 {
  return select(0.0, scale, random_bits(element, stream, seed) >= threshold);
}
