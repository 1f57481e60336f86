import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { cpuKernels } from './src-main/launch/cpu-kernels.mjs'

const here = import.meta.dirname
const alias = {
  '@shared': resolve(here, 'src-shared'),
  '@engine': resolve(here, 'src-renderer/src/engine'),
  '@': resolve(here, 'src-renderer/src'),
}

const UNIT = ['{src-*,e2e/bench}/**/*.test.ts']
const NOT_UNIT = ['**/*.kernel.test.ts', '**/node_modules/**']
/** Tests that replace modules or work in a page: each needs modules of its own. */
const MOCKING = [
  'src-main/electron/**/*.test.ts',
  'src-main/jobs/import/disk-full.test.ts',
  'src-renderer/src/{composables,host,stores}/**/*.test.ts',
]

// Three projects: `unit` and `mocking` need only Node; `kernel` (*.kernel.test.ts) runs WGSL on a WebGPU adapter in Node.
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [vue(), cpuKernels()],
        resolve: { alias },
        test: {
          name: 'unit',
          include: UNIT,
          exclude: [...NOT_UNIT, ...MOCKING],
          // Half the time of isolated files goes into loading the same modules.
          isolate: false,
        },
      },
      {
        plugins: [vue(), cpuKernels()],
        resolve: { alias },
        test: { name: 'mocking', include: MOCKING, exclude: NOT_UNIT },
      },
      {
        plugins: [cpuKernels()],
        resolve: { alias },
        test: {
          name: 'kernel',
          include: ['src-*/**/*.kernel.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Processes, since each loads Dawn, a native module that holds the adapter; kept for all files, since they share its device.
          pool: 'forks',
          isolate: false,
          setupFiles: ['src-main/headless/webgpu-node.setup.ts'],
        },
      },
    ],
  },
})
