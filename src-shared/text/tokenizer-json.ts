import { AppError } from '../contract/errors.ts'
import { bpeFromJson, bpeToJson } from './bpe/bpe-json.ts'
import { BpeTokenizer } from './bpe/bpe-tokenizer.ts'
import { charFromJson, charToJson } from './char-json.ts'
import { CharTokenizer } from './char.ts'
import type { TokenizerJson } from './json-form.ts'
import { isObject } from './json-guards.ts'
import type { Tokenizer } from './tokenizer.ts'

/**
 * The tokenizer that a parsed `tokenizer.json` describes: a byte-level BPE with GPT-2's pre-tokens, or the studio's own characters.
 * The file may come from anywhere, so all of it is checked.
 *
 * @throws AppError `malformed` when it is damaged, `unsupported` when it is a sound tokenizer of another kind; both say what was met.
 */
export function tokenizerFromJson(json: unknown): Tokenizer {
  const model = isObject(json) ? json.model : undefined
  if (!isObject(json) || !isObject(model)) {
    throw new AppError({
      code: 'malformed',
      message: 'This is not a tokenizer.json: it has no model.',
      hint: 'Choose the tokenizer.json of a GPT-2 style tokenizer.',
    })
  }
  // Files from before 2020 do not name the type of a BPE.
  if (model.type === 'BPE' || (model.type === undefined && 'merges' in model)) return bpeFromJson(json, model)
  if (model.type === 'WordLevel') return charFromJson(json, model)
  throw new AppError({
    code: 'unsupported',
    message: `This tokenizer is of the kind ${JSON.stringify(model.type) ?? 'unknown'}, which the studio cannot run.`,
    hint: 'Byte-level BPE (as in GPT-2) and the studio’s own character tokenizers work.',
  })
}

/** A tokenizer in Hugging Face's form, which `AutoTokenizer`, `tokenizers` and `@huggingface/tokenizers` load. */
export function tokenizerToJson(tokenizer: Tokenizer): TokenizerJson {
  if (tokenizer instanceof BpeTokenizer) return bpeToJson(tokenizer)
  if (tokenizer instanceof CharTokenizer) return charToJson(tokenizer)
  throw new Error(`no tokenizer.json for a tokenizer of kind ${tokenizer.kind}`)
}
