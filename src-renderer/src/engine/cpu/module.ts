import { AppError } from '@shared/contract/errors.ts'

/** What the compiled kernels offer to a thread that has an instance of them. */
export interface KernelExports {
  init(index: number, count: number): void
  run(program: number): void
  help(): void
  /** First address that the module itself doesn't use. */
  heapBase(): number
}

export interface KernelModule {
  module: WebAssembly.Module
  /** Whether threads can share its memory. */
  threads: boolean
  /** For people: 'relaxed SIMD', 'SIMD'. */
  label: string
}

/** Names of the builds, best first. */
export const VARIANTS = ['relaxed', 'simd', 'single'] as const
export type Variant = (typeof VARIANTS)[number]

const BUILDS: Record<Variant, { load: () => Promise<{ default: string }>; threads: boolean; label: string }> = {
  relaxed: { load: () => import('virtual:cpu-kernels/relaxed'), threads: true, label: 'relaxed SIMD' },
  simd: { load: () => import('virtual:cpu-kernels/simd'), threads: true, label: 'SIMD' },
  single: { load: () => import('virtual:cpu-kernels/single'), threads: false, label: 'SIMD' },
}

/**
 * The best build that this machine's WebAssembly accepts, or the one asked for.
 * @throws AppError 'unsupported' when none is accepted
 */
export async function loadKernels(only?: Variant): Promise<KernelModule> {
  for (const variant of only ? [only] : VARIANTS) {
    const { load, threads, label } = BUILDS[variant]
    if (threads && !canShareMemory()) continue
    const bytes = Uint8Array.from(atob((await load()).default), (c) => c.charCodeAt(0))
    if (!WebAssembly.validate(bytes)) continue
    return { module: await WebAssembly.compile(bytes), threads, label }
  }
  throw new AppError({
    code: 'unsupported',
    message: 'This machine cannot run the kernels for the processor: its WebAssembly has no 128-bit SIMD.',
    hint: 'Use Chromium 91, Node 16 or newer, on a processor of the last ten years.',
  })
}

/** A page may share memory between threads only when it is isolated from other origins; Node always may. */
function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false
}
