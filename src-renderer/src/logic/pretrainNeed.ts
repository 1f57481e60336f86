import type { Dataset, Project, TokenizerInfo } from '@shared/contract/schemas.ts'
import type { StageId } from './stages.ts'

export interface MissingStage {
  stage: StageId
  title: string
  text: string
  /** On the button that leads there. */
  button: string
}

/** The first thing a pretraining lacks: text, a tokenizer made for it, a model; null when all are there. */
export function pretrainNeed(
  project: Project,
  dataset: Dataset | null,
  tokenizer: TokenizerInfo | null,
): MissingStage | null {
  if (dataset?.status !== 'ready') {
    return {
      stage: 'data',
      title: 'First the text',
      text: 'Pretraining reads a text over and over and learns what comes next. Choose that text first.',
      button: 'Go to Data',
    }
  }
  if (tokenizer?.datasetId !== dataset.id) {
    return {
      stage: 'tokenizer',
      title: tokenizer ? 'The tokenizer is out of date' : 'Then a tokenizer',
      text: tokenizer
        ? 'It was made for another text. Create it again, then come back.'
        : 'A model reads numbers. A tokenizer turns your text into them.',
      button: 'Go to Tokenizer',
    }
  }
  if (!project.model) {
    return {
      stage: 'model',
      title: 'Then a model',
      text: 'Choose how large the model is to be. A size that suits your text is suggested.',
      button: 'Go to Model',
    }
  }
  if (project.model.vocabSize !== tokenizer.vocabSize) {
    return {
      stage: 'model',
      title: 'The model is out of date',
      text: 'The tokenizer changed since, and with it the number of tokens. Look at the model again, then come back.',
      button: 'Go to Model',
    }
  }
  return null
}
