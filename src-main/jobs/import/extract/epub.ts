import { posix } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { Parser } from 'htmlparser2'
import { damaged, decodeXml, encrypted, type Archive } from './archive.ts'
import { HtmlText } from './html-text.ts'

export const EPUB_CONTAINER = 'META-INF/container.xml'

/** The text of an EPUB book: its chapters in the order of the spine (EPUB 3.3, 5.7), a blank line between. */
export async function* epubText(archive: Archive, name: string, signal: AbortSignal): AsyncGenerator<string> {
  const chapters = await spine(archive, name, signal)
  await refuseProtected(archive, chapters, name, signal)
  let any = false
  for (const chapter of chapters) {
    const html = new HtmlText(name)
    let blank = true
    for await (const chunk of decodeXml(archive.read(chapter, signal), name, chapter)) {
      const text = html.push(chunk)
      if (text === '') continue
      yield blank && any ? `\n\n${text}` : text
      blank = false
    }
    const rest = html.end()
    if (rest !== '') yield blank && any ? `\n\n${rest}` : rest
    any ||= !blank || rest !== ''
  }
  if (any) yield '\n'
}

/** Paths of the chapters in the archive. */
async function spine(archive: Archive, name: string, signal: AbortSignal): Promise<string[]> {
  let packagePath: string | undefined
  await elements(archive, EPUB_CONTAINER, signal, (tag, attributes) => {
    if (tag === 'rootfile') packagePath ??= attributes['full-path']
  })
  if (packagePath === undefined || !archive.has(packagePath)) {
    throw damaged(name, new Error('it does not say where its contents are'))
  }
  const base = posix.dirname(packagePath)
  const items = new Map<string, string>()
  const order: string[] = []
  await elements(archive, packagePath, signal, (tag, { id, href, idref, properties }) => {
    // The table of contents is made of links to what follows.
    if (tag === 'item' && id !== undefined && href !== undefined && !properties?.split(' ').includes('nav')) {
      items.set(id, posix.normalize(posix.join(base, decoded(href))))
    }
    if (tag === 'itemref' && idref !== undefined) order.push(idref)
  })
  const chapters = order.flatMap((idref) => items.get(idref) ?? []).filter((path) => archive.has(path))
  if (chapters.length === 0) throw damaged(name, new Error('none of its chapters is in it'))
  return chapters
}

/** Calls `visit` with every element's name without its prefix. */
async function elements(
  archive: Archive,
  part: string,
  signal: AbortSignal,
  visit: (tag: string, attributes: Record<string, string | undefined>) => void,
): Promise<void> {
  const parser = new Parser(
    { onopentag: (tag, attributes) => visit(tag.slice(tag.indexOf(':') + 1), attributes) },
    { xmlMode: true },
  )
  parser.end(await archive.text(part, signal))
}

function decoded(href: string): string {
  const path = href.split('#', 1)[0] ?? ''
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Fonts may be scrambled; chapters that are encrypted cannot be read. */
async function refuseProtected(archive: Archive, chapters: string[], name: string, signal: AbortSignal): Promise<void> {
  if (!archive.has('META-INF/encryption.xml')) return
  const wanted = new Set(chapters)
  await elements(archive, 'META-INF/encryption.xml', signal, (tag, { URI }) => {
    if (tag === 'CipherReference' && URI !== undefined && wanted.has(decoded(URI))) throw encrypted(name)
  }).catch((error: unknown) => {
    throw error instanceof AppError ? error : damaged(name, error)
  })
}
