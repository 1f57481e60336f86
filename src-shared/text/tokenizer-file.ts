import { AppError } from '../contract/errors.ts'
import { UNKNOWN } from './special-tokens.ts'
import { tokenizerFromJson, type Tokenizer } from './tokenizer.ts'

/** Largest tokenizer.json that is read: those of 65,536 tokens take a few MiB. Bytes. */
export const TOKENIZER_FILE_BYTES = 32 * 1024 * 1024

/** More of a text's characters than this share unknown, and the tokenizer is for another language. */
const MOST_UNKNOWN = 0.1

/** What every tokenizer must give back unchanged, if it can write it: blanks, line ends, accents, other scripts, an emoji of several code points. */
const HARD = "I’ll don't  know\t2,048 naïve Ça\r\n\n 中文 日本1号 Привет 👩‍🚀😀 <|x|> \u00a0\u0085end "

/**
 * The tokenizer in the text of a tokenizer.json that a person chose.
 *
 * @throws AppError `too_large`, `malformed` or `unsupported`, naming the file
 */
export function tokenizerFromFile(text: string, name: string): Tokenizer {
  if (text.length > TOKENIZER_FILE_BYTES) {
    throw new AppError({
      code: 'too_large',
      message: `${name} is larger than ${TOKENIZER_FILE_BYTES / 1024 / 1024} MiB; no tokenizer that the studio can run needs that much.`,
      hint: 'Choose the file named tokenizer.json.',
    })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new AppError({
      code: 'malformed',
      message: `${name} is not a tokenizer.json: it cannot be read as JSON.`,
      hint: 'Choose the file named tokenizer.json. A tokenizer.model, a vocab.json or a merges.txt is another form.',
    })
  }
  try {
    return tokenizerFromJson(json)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError({ ...error.toData(), message: `${name}: ${error.message}` })
  }
}

export interface RoundTrip {
  characters: number
  tokens: number
  /** Characters that the vocabulary lacks. */
  unknown: number
}

/**
 * Encodes a sample of the person's text, and some that is hard for every tokenizer, and decodes it again.
 *
 * @throws AppError `unsupported` when another text comes back, or when more than a tenth of the sample's characters are unknown to it
 */
export function checkRoundTrip(tokenizer: Tokenizer, sample: string, name: string): RoundTrip {
  roundTrip(tokenizer, HARD, name)
  const result = roundTrip(tokenizer, sample, name)
  if (result.unknown > result.characters * MOST_UNKNOWN) {
    const percent = ((100 * result.unknown) / result.characters).toFixed(0)
    throw new AppError({
      code: 'unsupported',
      message: `${name} lacks ${percent} % of the characters of your text: each of them would become ${UNKNOWN}.`,
      hint: 'It was made for another language. Choose another, or let the studio make one from your text.',
    })
  }
  return result
}

function roundTrip(tokenizer: Tokenizer, text: string, name: string): RoundTrip {
  const ids = tokenizer.encode(text)
  const characters = [...text]
  // A vocabulary that lacks characters has one id for each, and the lacking ones come back as U+FFFD.
  const isUnknown = (i: number) => tokenizer.unknown !== null && ids[i] === tokenizer.unknown
  const wanted = characters.map((character, i) => (isUnknown(i) ? '\ufffd' : character)).join('')
  if (tokenizer.decode(ids) !== wanted) {
    throw new AppError({
      code: 'unsupported',
      message: `${name}: a text encoded with it does not come back as it was.`,
      hint: 'Choose another tokenizer.json, or let the studio make a tokenizer from your text.',
    })
  }
  const unknown = tokenizer.unknown === null ? 0 : ids.filter((id) => id === tokenizer.unknown).length
  return { characters: characters.length, tokens: ids.length, unknown }
}
