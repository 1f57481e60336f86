import { describe, expect, it } from 'vitest'
import type { Dataset, Project, Run, TokenizerInfo } from '@shared/contract/schemas.ts'
import { lastStage, stageStates } from './stages.ts'

const config = {
  vocabSize: 512,
  nPositions: 64,
  nEmbd: 64,
  nLayer: 2,
  nHead: 2,
  dropout: 0,
  qkvBias: false,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}
const blank = {
  id: 'p',
  name: 'P',
  datasetId: null,
  tokenizerId: null,
  preset: null,
  model: null,
  pretrainRunId: null,
  instructDatasetId: null,
  instructRunId: null,
  classifyDatasetId: null,
  classifyRunId: null,
} as unknown as Project
const full: Project = { ...blank, datasetId: 'd', tokenizerId: 't', model: config, pretrainRunId: 'r' }
const dataset = { id: 'd', status: 'ready' } as Dataset
const tokenizer = { id: 't', datasetId: 'd', vocabSize: 512 } as TokenizerInfo
const run = (patch: Partial<Run> = {}): Run =>
  ({
    id: 'r',
    status: 'finished',
    config,
    datasetId: 'd',
    tokenizerId: 't',
    baseRunId: null,
    checkpoints: [{ id: 'c' }],
    ...patch,
  }) as Run

describe('stageStates', () => {
  it('has nothing started in a new project', () => {
    const states = stageStates(blank, null, null, [])
    expect(Object.values(states).map((s) => s.state)).toEqual(Array<string>(7).fill('empty'))
    expect(lastStage(states)).toBe('data')
  })

  it('is ready through to chat after pretraining', () => {
    const states = stageStates(full, dataset, tokenizer, [run()])
    expect(states.data.state).toBe('ready')
    expect(states.tokenizer.state).toBe('ready')
    expect(states.model.state).toBe('ready')
    expect(states.pretrain.state).toBe('ready')
    expect(states.instruct.state).toBe('empty')
    expect(states.chat.state).toBe('ready')
    expect(lastStage(states)).toBe('pretrain')
  })

  it.each([
    ['importing', 'progress'],
    ['failed', 'attention'],
  ] as const)('shows a dataset that is %s', (status, state) => {
    expect(stageStates(full, { ...dataset, status }, tokenizer, []).data.state).toBe(state)
  })

  it('says of the data what is under way', () => {
    expect(stageStates(blank, null, null, [], 'import').data).toEqual({ state: 'progress', text: 'importing' })
    expect(stageStates(blank, null, null, [], 'files').data.text).toBe('files chosen, not imported yet')
    expect(stageStates(full, dataset, tokenizer, [], 'changes').data.text).toBe('changes not applied yet')
  })

  it('names what made a stage out of date', () => {
    const other = { ...full, datasetId: 'd2' }
    const states = stageStates(other, { ...dataset, id: 'd2' }, tokenizer, [run()])
    expect(states.tokenizer).toEqual({ state: 'outdated', text: 'out of date: the text changed' })
    expect(states.pretrain).toEqual({ state: 'outdated', text: 'out of date: the text changed' })
    expect(stageStates(full, dataset, { ...tokenizer, vocabSize: 1024 }, []).model.text).toBe(
      'out of date: the tokenizer changed',
    )
  })

  it('takes another shape for another model, but not another dropout', () => {
    const wider = stageStates({ ...full, model: { ...config, nEmbd: 128 } }, dataset, tokenizer, [run()])
    expect(wider.pretrain.text).toBe('out of date: the model changed')
    const dropped = stageStates({ ...full, model: { ...config, dropout: 0.1 } }, dataset, tokenizer, [run()])
    expect(dropped.pretrain.state).toBe('ready')
  })

  it.each([
    ['running', 'progress'],
    ['paused', 'progress'],
    ['interrupted', 'attention'],
    ['failed', 'attention'],
    ['stopped', 'ready'],
  ] as const)('shows a run that is %s', (status, state) => {
    expect(stageStates(full, dataset, tokenizer, [run({ status })]).pretrain.state).toBe(state)
  })

  it('offers no chat before a checkpoint, and asks for attention when a run stopped without one', () => {
    const states = stageStates(full, dataset, tokenizer, [run({ status: 'stopped', checkpoints: [] })])
    expect(states.pretrain.state).toBe('attention')
    expect(states.chat.state).toBe('empty')
  })

  it('marks a finetuned model whose base was trained anew', () => {
    const project = { ...full, pretrainRunId: 'r2', instructDatasetId: 'i', instructRunId: 'f' }
    const finetuned = run({ id: 'f', baseRunId: 'r', datasetId: 'i' })
    const states = stageStates(project, dataset, tokenizer, [run({ id: 'r2' }), finetuned])
    expect(states.instruct.text).toBe('out of date: the pretrained model changed')
  })

  it('does not count examples alone as a stage begun', () => {
    const project = { ...blank, datasetId: 'd', instructDatasetId: 'i' }
    const states = stageStates(project, dataset, null, [])
    expect(states.instruct).toEqual({ state: 'empty', text: 'examples ready, not trained yet' })
    expect(lastStage(states)).toBe('data')
  })
})
