import { contentsById, isObject, malformed, unsupported } from '../json-guards.ts'
import { addedToken, type TokenizerJson } from '../json-form.ts'
import { END_OF_TEXT } from '../special-tokens.ts'
import { BpeTokenizer } from './bpe-tokenizer.ts'
import { bytesToUnicode, unicodeToBytes } from './byte-alphabet.ts'
import { MAX_VOCAB } from './pair-table.ts'
import { packTokens, type BpeVocabulary } from './vocabulary.ts'

const byteLevel = (addPrefixSpace: boolean, trimOffsets: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: addPrefixSpace,
  trim_offsets: trimOffsets,
  use_regex: true,
})

export function bpeToJson(tokenizer: BpeTokenizer): TokenizerJson {
  const { vocabulary, vocabSize } = tokenizer
  const specials = new Map([...vocabulary.specials].map(([text, id]) => [id, text]))
  const contents = Array.from(
    { length: vocabSize },
    (_, id) => specials.get(id) ?? bytesToUnicode(tokenizer.tokenBytes(id)),
  )
  // No prototype: a token may be "__proto__".
  const vocab = Object.create(null) as Record<string, number>
  contents.forEach((content, id) => (vocab[content] = id))
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [...specials].map(([id, text]) => addedToken(id, text)),
    normalizer: null,
    pre_tokenizer: byteLevel(false, true),
    post_processor: byteLevel(true, false),
    decoder: byteLevel(true, true),
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: Array.from(vocabulary.left, (left, rank) => `${contents[left]!} ${contents[vocabulary.right[rank]!]!}`),
    },
  }
}

/** Settings that would make other ids than ours, with the values under which they do not. */
function checkSettings(json: Record<string, unknown>, model: Record<string, unknown>): void {
  const pre = json.pre_tokenizer
  if (!isObject(pre) || pre.type !== 'ByteLevel' || pre.use_regex === false) {
    throw unsupported('it does not cut words as GPT-2 does')
  }
  if (pre.add_prefix_space === true) throw unsupported('it puts a blank before every text')
  if (json.normalizer != null) throw unsupported('it changes the text first')
  if (model.dropout) throw unsupported('it leaves out merges at random')
  if (model.byte_fallback === true || model.ignore_merges === true)
    throw unsupported('it does not follow its merges alone')
  if (model.continuing_subword_prefix || model.end_of_word_suffix) throw unsupported('it marks the parts of words')
}

/** Reads a byte-level BPE. Throws AppError `malformed` or `unsupported`. */
export function bpeFromJson(json: Record<string, unknown>, model: Record<string, unknown>): BpeTokenizer {
  checkSettings(json, model)
  const { contents, added } = contentsById(model.vocab, json.added_tokens, MAX_VOCAB)
  const ids = new Map(contents.map((content, id) => [content, id]))
  const idOfByte = Uint16Array.from({ length: 256 }, (_, byte) => {
    const id = ids.get(bytesToUnicode(Uint8Array.of(byte)))
    if (id === undefined) throw unsupported(`its vocabulary lacks the byte ${byte}`)
    return id
  })
  if (!Array.isArray(model.merges)) throw malformed('it has no list of merges')
  const { left, right, result } = readMerges(model.merges, ids)
  const encoder = new TextEncoder()
  const tokens = contents.map((content, id) => {
    const bytes = added.get(content) === id ? encoder.encode(content) : unicodeToBytes(content)
    if (!bytes) throw unsupported(`its token ${JSON.stringify(content)} is not made of bytes`)
    return bytes
  })
  const endId = added.get(END_OF_TEXT)
  if (endId === undefined) throw unsupported(`it has no special token ${END_OF_TEXT}`)
  const vocabulary = { idOfByte, left, right, result, tokens: packTokens(tokens), specials: added, endId }
  return new BpeTokenizer(isGpt2(vocabulary, contents) ? 'gpt2' : 'bpe', vocabulary)
}

function readMerges(
  merges: unknown[],
  ids: ReadonlyMap<string, number>,
): Pick<BpeVocabulary, 'left' | 'right' | 'result'> {
  if (merges.length > MAX_VOCAB) throw unsupported(`it has more than ${MAX_VOCAB} merges`)
  const [left, right, result] = [0, 1, 2].map(() => new Uint16Array(merges.length)) as [
    Uint16Array,
    Uint16Array,
    Uint16Array,
  ]
  merges.forEach((merge: unknown, rank) => {
    // Two forms are in use: "a b" and, since tokenizers 0.20, ["a", "b"].
    const pair: unknown[] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : []
    const [a, b] = pair
    const known =
      typeof a === 'string' && typeof b === 'string' ? [ids.get(a), ids.get(b), ids.get(a + b)] : [undefined]
    if (pair.length !== 2 || known.includes(undefined)) {
      throw malformed(`merge ${rank + 1}, ${JSON.stringify(merge)}, does not join two of its tokens to a third`)
    }
    ;[left[rank], right[rank], result[rank]] = known as [number, number, number]
  })
  return { left, right, result }
}

/** GPT-2's vocabulary is known by its size and a hash (FNV-1a) over its merges. */
function isGpt2({ left, right, idOfByte }: BpeVocabulary, contents: readonly string[]): boolean {
  if (contents.length !== 50_257 || idOfByte[0x21] !== 0) return false
  let hash = 0x811c9dc5
  left.forEach((id, rank) => {
    hash = Math.imul(hash ^ id, 0x01000193)
    hash = Math.imul(hash ^ right[rank]!, 0x01000193)
  })
  return hash === GPT2_MERGES_HASH
}

const GPT2_MERGES_HASH = 419_839_994
