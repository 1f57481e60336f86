import { posix } from 'node:path'
import { Parser } from 'htmlparser2'
import type { Archive } from './archive.ts'
import { damaged, decodeXml } from './archive.ts'

/** Content that is not the text as it reads now: removed and moved text, and the modern twin of a text box that is also there in the old way. */
const SKIPPED = new Set(['w:del', 'w:moveFrom', 'mc:Choice', 'w:instrText'])
/** What stands for a character (ECMA-376 part 1, 17.3.3). */
const CHARACTERS: Record<string, string> = {
  'w:tab': '\t',
  'w:br': '\n',
  'w:cr': '\n',
  'w:noBreakHyphen': '\u2011',
  'w:softHyphen': '\u00ad',
}

/**
 * The text of a Word document: paragraphs with a blank line between, as mammoth's `extractRawText` gives them (the test compares both), but
 * streamed under the archive's limits, which a library that unpacks into memory first cannot keep.
 */
export async function* docxText(archive: Archive, name: string, signal: AbortSignal): AsyncGenerator<string> {
  let out = ''
  let inText = 0
  let skipping = 0
  // Tab stops are `w:tab` too, inside the properties of a paragraph.
  let inRun = 0
  const parser = new Parser(
    {
      onopentag(tag) {
        if (SKIPPED.has(tag)) skipping++
        if (tag === 'w:r') inRun++
        if (tag === 'w:t') inText++
        else if (skipping === 0 && inRun > 0) out += CHARACTERS[tag] ?? ''
      },
      ontext(text) {
        if (inText > 0 && skipping === 0) out += text
      },
      onclosetag(tag) {
        if (SKIPPED.has(tag)) skipping = Math.max(0, skipping - 1)
        if (tag === 'w:r') inRun = Math.max(0, inRun - 1)
        if (tag === 'w:t') inText = Math.max(0, inText - 1)
        if (tag === 'w:p' && skipping === 0) out += '\n\n'
      },
    },
    { xmlMode: true },
  )
  const part = await mainPart(archive, name, signal)
  for await (const chunk of decodeXml(archive.read(part, signal), name, part)) {
    parser.write(chunk)
    if (out !== '') yield out
    out = ''
  }
  parser.end()
  if (out !== '') yield out
}

const USUAL = 'word/document.xml'

/** The part with the text, by the package's relations (ECMA-376 part 2) where it is not at its usual place. */
async function mainPart(archive: Archive, name: string, signal: AbortSignal): Promise<string> {
  if (archive.has(USUAL)) return USUAL
  let target: string | undefined
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (tag === 'Relationship' && attributes.Type?.endsWith('/officeDocument')) target = attributes.Target
      },
    },
    { xmlMode: true },
  )
  parser.end(await archive.text('_rels/.rels', signal))
  const part = posix.normalize((target ?? '').replace(/^\//, ''))
  if (!archive.has(part)) throw damaged(name, new Error('there is no document in it'))
  return part
}
