import type { Flags } from './flags.ts'

/** Flags of every command that computes. */
export const BACKEND_FLAGS = {
  backend: {
    kind: 'text',
    value: 'NAME',
    help: 'auto (default: a graphics card if there is one, else cpu), webgpu or cpu',
    oneOf: ['auto', 'webgpu', 'cpu'],
  },
  threads: {
    kind: 'integer',
    value: 'N',
    help: 'threads of the CPU backend; one for each core when left out',
    min: 1,
    max: 256,
  },
} as const satisfies Flags
