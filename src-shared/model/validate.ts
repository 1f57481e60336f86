import type { GptConfig } from './config.ts'

export type ConfigIssueCode =
  'width_not_divisible' | 'more_heads_than_width' | 'text_too_short' | 'val_too_short' | 'vocab_mismatch'

export interface ConfigFix {
  /** What the button says. */
  label: string
  patch: Partial<GptConfig>
}

/** A combination that cannot work ('error') or works badly ('warning'), and patches that mend it: each one alone is enough. */
export interface ConfigIssue {
  code: ConfigIssueCode
  severity: 'error' | 'warning'
  message: string
  fixes: ConfigFix[]
}

export interface ConfigContext {
  config: GptConfig
  /** Ids of the chosen tokenizer. */
  tokenizerVocab?: number
  /** Tokens of the text per part. */
  tokens?: { train: number; val: number }
  /** Characters of the text, for the message only. */
  characters?: number
}

const number = (n: number) => n.toLocaleString('en-US')

/** Everything about `context.config` that cannot work with itself, its tokenizer or its text; empty when it can be trained. */
export function validateConfig(context: ConfigContext): ConfigIssue[] {
  const { config, tokens } = context
  const issues: ConfigIssue[] = []
  const { nEmbd: C, nHead: H, nPositions: T } = config
  if (H > C) {
    issues.push({
      code: 'more_heads_than_width',
      severity: 'error',
      message: `${H} heads need a width of at least ${H}; the width is ${C}.`,
      fixes: [{ label: `Use ${largestDivisor(C, 8)} heads`, patch: { nHead: largestDivisor(C, 8) } }],
    })
  } else if (C % H !== 0) {
    const below = Math.max(H, Math.floor(C / H) * H)
    const above = Math.ceil(C / H) * H
    issues.push({
      code: 'width_not_divisible',
      severity: 'error',
      message: `Width ${C} cannot be split into ${H} heads. Use ${below} or ${above}.`,
      fixes: [below, above].map((width) => ({ label: `Use ${width}`, patch: { nEmbd: width } })),
    })
  }
  if (context.tokenizerVocab !== undefined && context.tokenizerVocab !== config.vocabSize) {
    issues.push({
      code: 'vocab_mismatch',
      severity: 'error',
      message: `The model has ${number(config.vocabSize)} token ids, the tokenizer ${number(context.tokenizerVocab)}.`,
      fixes: [{ label: `Use ${number(context.tokenizerVocab)}`, patch: { vocabSize: context.tokenizerVocab } }],
    })
  }
  if (tokens) {
    const short = shortText(tokens.train, T, context.characters)
    if (short) issues.push(short)
    else if (tokens.val < T + 1) {
      const context = usableContext(tokens.val)
      issues.push({
        code: 'val_too_short',
        severity: 'warning',
        message:
          `The validation part has ${number(tokens.val)} tokens; one full example needs ${number(T + 1)}. ` +
          'The validation loss will rest on this little and be noisy.',
        fixes: context ? [{ label: `Use context ${context}`, patch: { nPositions: context } }] : [],
      })
    }
  }
  return issues
}

function shortText(train: number, T: number, characters: number | undefined): ConfigIssue | null {
  if (train >= T + 1) return null
  const context = usableContext(train)
  const length = `${number(train)} ${train === 1 ? 'token' : 'tokens'}`
  const size = characters === undefined ? `The text has ${length}` : `${number(characters)} characters = ${length}`
  return {
    code: 'text_too_short',
    severity: 'error',
    message:
      `${size} for training; one example needs ${number(T + 1)}. ` +
      (context ? `Use context ${context}, or add text.` : 'Add text.'),
    fixes: context ? [{ label: `Use context ${context}`, patch: { nPositions: context } }] : [],
  }
}

/** Largest power of two that leaves at least one whole example in `tokens`; null under two tokens. */
function usableContext(tokens: number): number | null {
  if (tokens < 2) return null
  return 2 ** Math.floor(Math.log2(tokens - 1))
}

function largestDivisor(n: number, max: number): number {
  for (let d = Math.min(n, max); d > 1; d--) if (n % d === 0) return d
  return 1
}
