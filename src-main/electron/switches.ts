import { app } from 'electron'

/** Command-line switches of Chromium, for WebGPU and against traffic. Before the app is ready. */
export function setSwitches(platform: NodeJS.Platform): void {
  const { commandLine } = app
  // A lost device must stay recoverable: the page asks for a new one, more than once if need be.
  app.disableDomainBlockingFor3DAPIs()
  commandLine.appendSwitch('disable-gpu-process-crash-limit')
  // Needed on Linux, where WebGPU is not on by default; harmless elsewhere.
  commandLine.appendSwitch('enable-unsafe-webgpu')
  if (platform === 'linux') commandLine.appendSwitch('enable-features', 'Vulkan')
  // Laptops with two GPUs: take the one made for work. Electron's manual writes it with underscores, Chromium with hyphens; an unknown
  // switch does nothing.
  commandLine.appendSwitch('force_high_performance_gpu')
  commandLine.appendSwitch('force-high-performance-gpu')
  commandLine.appendSwitch('disable-background-networking')
  commandLine.appendSwitch('disable-component-update')
}
