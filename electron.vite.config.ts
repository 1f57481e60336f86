import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { cpuKernels } from './src-main/launch/cpu-kernels.mjs'

const here = import.meta.dirname
const alias = {
  '@shared': resolve(here, 'src-shared'),
  '@engine': resolve(here, 'src-renderer/src/engine'),
  '@': resolve(here, 'src-renderer/src'),
}

export default defineConfig({
  // Node side: the two hosts, the job thread, and the headless commands, each a file of its own in out/main.
  main: {
    resolve: { alias },
    plugins: [cpuKernels()],
    build: {
      outDir: 'out/main',
      rolldownOptions: {
        // Dawn for Node is a native module of the development dependencies: loaded, never bundled.
        external: ['webgpu'],
        input: {
          electron: resolve(here, 'src-main/electron/main.ts'),
          web: resolve(here, 'src-main/web/main.ts'),
          job: resolve(here, 'src-main/jobs/thread.ts'),
          train: resolve(here, 'src-main/headless/train.ts'),
          generate: resolve(here, 'src-main/headless/generate.ts'),
          demo: resolve(here, 'src-main/headless/demo.ts'),
          parity: resolve(here, 'src-main/headless/parity.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  // A sandboxed preload must be CommonJS.
  preload: {
    build: {
      outDir: 'out/preload',
      rolldownOptions: {
        input: { preload: resolve(here, 'src-main/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(here, 'src-renderer'),
    resolve: { alias },
    plugins: [vue()],
    worker: { format: 'es', plugins: () => [cpuKernels()] },
    build: {
      outDir: resolve(here, 'out/renderer'),
      minify: true,
      // Files, never data: URLs: the content security policy lets nothing inline in.
      assetsInlineLimit: 0,
      rolldownOptions: { input: resolve(here, 'src-renderer/index.html') },
    },
  },
})
