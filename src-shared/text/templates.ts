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

/** The part of a tokenizer that encoding needs. */
interface PairTokenizer {
  encode(text: string): ArrayLike<number>
  readonly endId: number
}

const INTRODUCTION =
  'Below is an instruction that describes a task. Write a response that appropriately completes the request.'

/** All that comes before the response; a model continues from here. */
export function formatPrompt({ instruction, input }: Pick<Pair, 'instruction' | 'input'>): string {
  const inputPart = input ? `\n\n### Input:\n${input}` : ''
  return `${INTRODUCTION}\n\n### Instruction:\n${instruction}${inputPart}\n\n### Response:\n`
}

/** The prompt as ids: what a model is given to answer. */
export const encodePrompt = (
  tokenizer: PairTokenizer,
  record: Pick<Pair, 'instruction' | 'input'>,
): ArrayLike<number> => tokenizer.encode(formatPrompt(record))

/**
 * Encodes a pair for training: prompt, response, end token. Prompt and response are tokenized apart and joined, so the border of the
 * mask (`promptLength` leading ids carry no loss) is exact; the end token is trained, so that the model learns to stop.
 */
export function encodePair(tokenizer: PairTokenizer, pair: Pair): { ids: number[]; promptLength: number } {
  const prompt = Array.from(encodePrompt(tokenizer, pair))
  const ids = [...prompt, ...Array.from(tokenizer.encode(pair.output)), tokenizer.endId]
  return { ids, promptLength: prompt.length }
}
