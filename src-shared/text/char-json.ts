import { MAX_VOCAB } from './bpe/pair-table.ts'
import { CharTokenizer } from './char.ts'
import { contentsById, isObject, malformed, unsupported } from './json-guards.ts'
import { addedToken, type TokenizerJson } from './json-form.ts'
import { END_OF_TEXT, UNKNOWN } from './special-tokens.ts'

// Cuts between all characters. A pattern that matches one character, kept: "." alone would pass over line ends.
const SPLIT = { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated', invert: false }

export function charToJson(tokenizer: CharTokenizer): TokenizerJson {
  // No prototype: a key may be any text.
  const vocab = Object.create(null) as Record<string, number>
  tokenizer.characters.forEach((point, id) => (vocab[String.fromCodePoint(point)] = id))
  vocab[UNKNOWN] = tokenizer.unknown
  vocab[END_OF_TEXT] = tokenizer.endId
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [addedToken(tokenizer.endId, END_OF_TEXT)],
    normalizer: null,
    pre_tokenizer: SPLIT,
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: { type: 'WordLevel', vocab, unk_token: UNKNOWN },
  }
}

/** Reads what {@link charToJson} writes. Throws AppError `malformed` or `unsupported`. */
export function charFromJson(json: Record<string, unknown>, model: Record<string, unknown>): CharTokenizer {
  if (!isObject(json.pre_tokenizer) || json.pre_tokenizer.type !== 'Split')
    throw unsupported('it is a list of whole words')
  const { contents } = contentsById(model.vocab, json.added_tokens, MAX_VOCAB)
  const [unknown, end] = contents.splice(-2)
  if (unknown !== UNKNOWN || end !== END_OF_TEXT)
    throw unsupported(`it does not end with ${UNKNOWN} and ${END_OF_TEXT}`)
  const points = contents.map((content) => {
    const point = content.codePointAt(0)
    if (point === undefined || content.length !== String.fromCodePoint(point).length || (point & 0x1ff800) === 0xd800) {
      throw malformed(`its token ${JSON.stringify(content)} is not one character`)
    }
    return point
  })
  if (points.some((point, id) => id > 0 && point <= points[id - 1]!)) throw malformed('its characters are out of order')
  return new CharTokenizer(points)
}
