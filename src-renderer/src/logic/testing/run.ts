import type { Run } from '@shared/contract/schemas.ts'
import { defaultSettings } from '@shared/model/defaults.ts'
import { presetConfig } from '@shared/model/presets.ts'

const config = presetConfig('pocket', 512)
const { settings } = defaultSettings({
  kind: 'pretrain',
  config,
  amount: { train: 500_000, val: 50_000 },
  hardware: { kind: 'software', threads: 1 },
})

/** A run for tests: a thousand steps with batches of eight, nothing done yet. */
export const testRun = (patch: Partial<Run> = {}): Run => ({
  id: 'run-1',
  projectId: 'project-1',
  name: 'calm-otter',
  kind: 'pretrain',
  status: 'created',
  createdAt: '2026-01-01T10:00:00Z',
  updatedAt: '2026-01-01T10:00:00Z',
  config,
  tokenizerId: 'tokenizer-1',
  datasetId: 'dataset-1',
  baseRunId: null,
  labels: [],
  settings: { ...settings, steps: 1000, batchSize: 8 },
  step: 0,
  trainLoss: null,
  valLoss: null,
  bestValLoss: null,
  bestStep: null,
  valAccuracy: null,
  tokensSeen: 0,
  elapsedMs: 0,
  backend: null,
  report: null,
  checkpoints: [],
  ...patch,
})
