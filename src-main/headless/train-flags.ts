import { BACKEND_FLAGS } from './backend-flags.ts'
import type { Values } from './flags.ts'

/** Flags of `npm run train`. */
export const TRAIN_FLAGS = {
  data: { kind: 'text', value: 'FILE', help: 'text file to learn (UTF-8); not needed with --resume' },
  out: { kind: 'text', value: 'DIR', help: 'folder for the model, in Hugging Face layout', required: true },
  base: {
    kind: 'text',
    value: 'DIR',
    help: 'model to train on: --out of another run, or a run or checkpoint folder of the studio',
  },
  'lora-rank': {
    kind: 'integer',
    value: 'N',
    help: 'train adapters of this rank beside --base and nothing else (LoRA)',
    min: 1,
    max: 1024,
  },
  'lora-alpha': {
    kind: 'number',
    value: 'X',
    help: 'scales them by X / rank; twice the rank when left out',
    min: 0.01,
    max: 65_536,
  },
  'lora-layers': {
    kind: 'text',
    value: 'LIST',
    help: `where, with commas; attn.c_attn,attn.c_proj,mlp.c_fc,mlp.c_proj when left out; also attn.c_attn.q, .k, .v`,
  },
  'last-blocks': {
    kind: 'integer',
    value: 'N',
    help: 'train only the last N blocks of --base, and what stands above them',
    min: 0,
    max: 96,
  },
  merge: { kind: 'switch', help: 'write a whole model, adapters merged into --base' },
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
  batch: { kind: 'integer', value: 'N', help: 'examples on the device at once', min: 1, max: 4096 },
  accumulate: {
    kind: 'integer',
    value: 'N',
    help: 'batches per optimizer step: more examples a step in the same memory; 1 when left out',
    min: 1,
    max: 1024,
  },
  recompute: {
    kind: 'text',
    value: 'LEVEL',
    help: 'auto, 0, 1 or 2: how much the backward pass works out again to save memory; auto: as little as fits',
    oneOf: ['auto', '0', '1', '2'],
  },
  precision: {
    kind: 'text',
    value: 'P',
    help: 'f32 or mixed: 16-bit floats where nothing is summed, on a graphics card that has them; f32 when left out',
    oneOf: ['f32', 'mixed'],
  },
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
  ...BACKEND_FLAGS,
  resume: { kind: 'switch', help: 'go on from the last checkpoint in --out' },
  help: { kind: 'switch', help: 'show this' },
} as const

export type TrainValues = Values<typeof TRAIN_FLAGS>
