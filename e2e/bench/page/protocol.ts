import type { Turn } from '../core/case.ts'
import type { DeviceProfile } from '../contenders/profile.ts'
import type { Task } from '../contenders/work.ts'

export type Engine = 'ours-cpu' | 'ours-webgpu' | 'jax-wasm' | 'jax-webgpu' | 'tfjs-wasm' | 'tfjs-webgpu'

export interface Order {
  engine: Engine
  threads: number
  task: Task
}

/** What the page offers to the process that drives it. */
export interface BenchPage {
  /** Opens an engine with a task; resolves to what it runs on, in words. */
  prepare(order: Order): Promise<string>
  run(engine: Engine, times: number): Promise<Turn>
  dispose(engine: Engine): Promise<void>
  /** Our own engine alone, on WebGPU. */
  profile(): Promise<DeviceProfile>
  /** The WebGPU adapter in words and whether it is a software one; null when there is none. */
  adapter(): Promise<{ name: string; fallback: boolean } | null>
}

declare global {
  interface Window {
    bench: BenchPage
  }
}
