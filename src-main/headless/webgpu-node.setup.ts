import { installWebGpu } from './webgpu-node.ts'

// Setup of vitest's `kernel` project.
await installWebGpu()
