import { AppError } from '../contract/errors.ts'

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function malformed(what: string): AppError {
  return new AppError({
    code: 'malformed',
    message: `This tokenizer.json is damaged: ${what}.`,
    hint: 'Take the file again from where it came, or make a new tokenizer.',
  })
}

export function unsupported(what: string): AppError {
  return new AppError({
    code: 'unsupported',
    message: `This tokenizer cannot be run exactly: ${what}.`,
    hint: 'Byte-level BPE with GPT-2’s word pattern and the studio’s own character tokenizers work.',
  })
}

/** The vocabulary of a tokenizer.json, model and added tokens together, as the content of each id 0, 1, 2, … without a gap. */
export function contentsById(
  vocab: unknown,
  addedTokens: unknown,
  limit: number,
): { contents: string[]; added: Map<string, number> } {
  if (!isObject(vocab)) throw malformed('it has no vocabulary')
  if (!Array.isArray(addedTokens ?? [])) throw malformed('its added tokens are not a list')
  const contents: (string | undefined)[] = []
  const put = (id: unknown, content: string) => {
    if (!Number.isSafeInteger(id) || (id as number) < 0)
      throw malformed(`token ${JSON.stringify(content)} has no valid id`)
    if ((id as number) >= limit) throw unsupported(`it has ids of ${limit} and more`)
    const held = contents[id as number]
    if (held !== undefined && held !== content) {
      throw malformed(`id ${String(id)} stands for ${JSON.stringify(held)} and for ${JSON.stringify(content)}`)
    }
    contents[id as number] = content
  }
  for (const [content, id] of Object.entries(vocab)) put(id, content)
  const added = new Map<string, number>()
  for (const token of (addedTokens ?? []) as unknown[]) {
    if (!isObject(token) || typeof token.content !== 'string' || token.content === '')
      throw malformed('an added token has no text')
    if (token.lstrip === true || token.rstrip === true || token.single_word === true) {
      throw unsupported(`its token ${JSON.stringify(token.content)} takes the blanks around it`)
    }
    if (token.special === false) {
      throw unsupported(`its token ${JSON.stringify(token.content)} is cut out of every text before the merges`)
    }
    const known = Object.hasOwn(vocab, token.content) ? vocab[token.content] : token.id
    if (known !== token.id || added.has(token.content))
      throw malformed(`token ${JSON.stringify(token.content)} has two ids`)
    put(token.id, token.content)
    added.set(token.content, token.id as number)
  }
  for (let id = 0; id < contents.length; id++) if (contents[id] === undefined) throw malformed(`no token has id ${id}`)
  return { contents: contents as string[], added }
}
