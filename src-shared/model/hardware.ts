/** What a model is trained on, as far as advice depends on it. */
export interface Hardware {
  /** `software`: a software adapter of WebGPU, by far the slowest. */
  kind: 'gpu' | 'cpu' | 'software'
  /** Threads that compute, on the CPU. */
  threads: number
  /** Whether it has 16-bit floats. */
  f16?: boolean
  /** Bytes that a tensor may have at most without being cut up; any number where absent. */
  largestBinding?: number
}

/** The hardware behind a backend as it describes itself. */
export const hardwareOf = (backend: {
  kind: 'webgpu' | 'cpu'
  fallback: boolean
  threads?: number
  f16?: boolean
  largestBinding?: number
}): Hardware => ({
  kind: backend.kind === 'cpu' ? 'cpu' : backend.fallback ? 'software' : 'gpu',
  threads: backend.threads ?? 1,
  ...(backend.f16 && { f16: true }),
  ...(backend.largestBinding !== undefined && { largestBinding: backend.largestBinding }),
})

/** Threads to compute with on a machine of `cores` cores: both of two, else all but one, which is left to the page. */
export const defaultThreads = (cores: number): number => Math.max(1, cores > 2 ? cores - 1 : cores)

/** Floating-point operations per second of a training step assumed before anything was measured, and a step's least time in seconds. */
export function speedOf({ kind, threads }: Hardware): { flops: number; leastStep: number } {
  if (kind === 'gpu') return { flops: 4e11, leastStep: 0.006 }
  return kind === 'cpu' ? { flops: 2.5e10 * threads, leastStep: 0.005 } : { flops: 3e9, leastStep: 0.04 }
}
