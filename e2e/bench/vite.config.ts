import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { cpuKernels } from '../../src-main/launch/cpu-kernels.mjs'

const root = resolve(import.meta.dirname, '../..')
const alias = {
  '@shared': resolve(root, 'src-shared'),
  '@engine': resolve(root, 'src-renderer/src/engine'),
}

/** Two builds, both for `npm run bench` alone: `--mode page` for the browser, `--mode node` for the process that drives it. */
export default defineConfig(({ mode }) =>
  mode === 'page'
    ? {
        root: resolve(import.meta.dirname, 'page'),
        resolve: { alias },
        worker: { format: 'es', plugins: () => [cpuKernels()] },
        build: {
          outDir: resolve(root, 'out/bench/page'),
          emptyOutDir: true,
          target: 'esnext',
          // TensorFlow.js starts its threads from the text of one of its functions, which no longer stands alone once minified.
          minify: false,
          chunkSizeWarningLimit: 8192,
        },
      }
    : {
        root,
        resolve: { alias },
        plugins: [cpuKernels()],
        build: {
          ssr: true,
          outDir: resolve(root, 'out/bench/node'),
          emptyOutDir: true,
          target: 'node20',
          rolldownOptions: {
            external: ['webgpu', 'assemblyscript/asc', 'tiktoken', 'tokenizers', /^gpt-tokenizer/],
            input: {
              main: resolve(import.meta.dirname, 'main.ts'),
              // Processes that cases of the suite "data" start, and the job thread that one of them needs.
              cold: resolve(import.meta.dirname, 'data/cold.ts'),
              pipeline: resolve(import.meta.dirname, 'data/pipeline.ts'),
              job: resolve(root, 'src-main/jobs/thread.ts'),
            },
          },
        },
      },
)
