import type { Values } from './flags.ts'

/** Flags of `npm run train`. */
export const TRAIN_FLAGS = {
  data: { kind: 'text', value: 'FILE', help: 'text file to learn (UTF-8); not needed with --resume' },
  out: { kind: 'text', value: 'DIR', help: 'folder for the model, in Hugging Face layout', required: true },
  preset: {
    kind: 'text',
    value: 'NAME',
    help: 'pocket, tiny, small, medium or book; chosen by the size of the text when left out',
    oneOf: ['pocket', 'tiny', 'small', 'medium', 'book'],
  },
  tokenizer: {
    kind: 'text',
    value: 'KIND',
    help: 'char, bpe or gpt2; chosen by the size of the text when left out',
    oneOf: ['char', 'bpe', 'gpt2'],
  },
  vocab: { kind: 'integer', value: 'N', help: 'ids of an own BPE tokenizer', min: 257, max: 65_536 },
  steps: { kind: 'integer', value: 'N', help: 'optimizer steps', min: 1, max: 100_000_000 },
  batch: { kind: 'integer', value: 'N', help: 'examples per step', min: 1, max: 4096 },
  context: { kind: 'integer', value: 'N', help: 'tokens per example', min: 1, max: 8192 },
  layers: { kind: 'integer', value: 'N', help: 'blocks', min: 1, max: 96 },
  heads: { kind: 'integer', value: 'N', help: 'attention heads; divides the width', min: 1, max: 128 },
  width: { kind: 'integer', value: 'N', help: 'width of the model', min: 1, max: 8192 },
  dropout: { kind: 'number', value: 'X', help: '0 to 0.9', min: 0, max: 0.9 },
  lr: { kind: 'number', value: 'X', help: 'peak learning rate', min: 0, max: 1000 },
  'min-lr': {
    kind: 'number',
    value: 'X',
    help: 'final learning rate; a tenth of the peak when left out',
    min: 0,
    max: 1000,
  },
  warmup: { kind: 'integer', value: 'N', help: 'steps of linear warm-up; 5 % when left out', min: 0 },
  beta2: { kind: 'number', value: 'X', help: "Adam's second beta", min: 0, max: 0.99999 },
  seed: { kind: 'integer', value: 'N', help: 'the same seed repeats the same run', min: 0, max: 4_294_967_295 },
  'eval-every': { kind: 'integer', value: 'N', help: 'steps between validations', min: 1 },
  backend: { kind: 'text', value: 'NAME', help: 'webgpu (default) or cpu', oneOf: ['webgpu', 'cpu'] },
  resume: { kind: 'switch', help: 'go on from the last checkpoint in --out' },
  help: { kind: 'switch', help: 'show this' },
} as const

export type TrainValues = Values<typeof TRAIN_FLAGS>
