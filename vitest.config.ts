import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const here = import.meta.dirname
const alias = {
  '@shared': resolve(here, 'src-shared'),
  '@engine': resolve(here, 'src-renderer/src/engine'),
  '@': resolve(here, 'src-renderer/src'),
}

// Two suites: `unit` needs only Node; `kernel` (*.kernel.test.ts) runs WGSL on a WebGPU adapter in Node.
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [vue()],
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['src-*/**/*.test.ts'],
          exclude: ['**/*.kernel.test.ts', '**/node_modules/**'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'kernel',
          include: ['src-*/**/*.kernel.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // One process at a time: each owns a software adapter that already uses every core.
          pool: 'forks',
          fileParallelism: false,
          setupFiles: ['src-main/headless/webgpu-node.setup.ts'],
        },
      },
    ],
  },
})
