/**
 * The Alpaca template as LLMs-from-scratch words it (rasbt/LLMs-from-scratch
 * ch07/01_main-chapter-code/gpt_instruction_finetuning.py, `format_input`), and pairs as token ids with an exact prompt mask.
 */
export interface Pair {
  instruction: string
  /** May be empty. */
  input: string
  output: string
}

/** The part of a tokenizer that encoding a pair needs. */
interface PairTokenizer {
  encode(text: string): ArrayLike<number>
  readonly endOfText: number
}

export interface EncodedPair {
  /** Prompt, response and the end token, at most `maxLength` ids. */
  ids: number[]
  /** Leading ids that carry no loss. */
  promptLength: number
  /** Ids that did not fit and were cut off the end. */
  cut: number
}

const INTRODUCTION =
  'Below is an instruction that describes a task. Write a response that appropriately completes the request.'

/** All that comes before the response; a model continues from here. */
export function formatPrompt({ instruction, input }: Pick<Pair, 'instruction' | 'input'>): string {
  const inputPart = input ? `\n\n### Input:\n${input}` : ''
  return `${INTRODUCTION}\n\n### Instruction:\n${instruction}${inputPart}\n\n### Response:\n`
}

/**
 * Encodes a pair for training. Prompt and response are tokenized apart and joined, so the border of the mask is exact; the end token
 * after the response is trained, so that the model learns to stop. A pair whose prompt alone fills `maxLength` has nothing to learn:
 * then ids.length <= promptLength.
 */
export function encodePair(tokenizer: PairTokenizer, pair: Pair, maxLength: number): EncodedPair {
  const prompt = Array.from(tokenizer.encode(formatPrompt(pair)))
  const response = Array.from(tokenizer.encode(pair.output))
  const all = [...prompt, ...response, tokenizer.endOfText]
  return {
    ids: all.slice(0, maxLength),
    promptLength: Math.min(prompt.length, maxLength),
    cut: Math.max(0, all.length - maxLength),
  }
}
