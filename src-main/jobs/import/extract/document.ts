import { AppError } from '@shared/contract/errors.ts'
import type { FileKind } from '@shared/contract/schemas.ts'
import { Archive } from './archive.ts'
import { docxText } from './docx.ts'
import { EPUB_CONTAINER, epubText } from './epub.ts'
import { openPdf } from './pdf.ts'

/** Kinds whose text has to be taken out of a file that is no text itself. */
export type DocumentKind = Extract<FileKind, 'docx' | 'epub' | 'pdf'>

export const isDocument = (kind: FileKind): kind is DocumentKind => kind === 'docx' || kind === 'epub' || kind === 'pdf'

/** What a ZIP archive is, by what lies in it. Throws AppError 'unsupported' for anything but a document the studio reads. */
export async function kindOfArchive(path: string, name: string): Promise<DocumentKind> {
  const archive = await Archive.open(path, name)
  try {
    if (archive.has(EPUB_CONTAINER)) return 'epub'
    const names = [...archive.names()]
    if (names.some((entry) => entry.startsWith('word/'))) return 'docx'
    if (names.some((entry) => entry.startsWith('xl/'))) {
      throw notRead(name, 'an Excel workbook', 'Save the sheet as CSV, and choose that.')
    }
    if (names.some((entry) => entry.startsWith('ppt/'))) {
      throw notRead(name, 'a PowerPoint presentation', 'Save its text as plain text, and choose that.')
    }
    if (archive.has('content.xml')) {
      throw notRead(name, 'an OpenDocument file', 'Save it as DOCX or as plain text, and choose that.')
    }
    throw notRead(name, 'a ZIP archive', 'Unpack it, and choose the files in it.')
  } finally {
    archive.close()
  }
}

const notRead = (name: string, what: string, hint: string) =>
  new AppError({ code: 'unsupported', message: `${name} is ${what}, which is not read as it is.`, hint })

/** The text of a document in chunks, line ends LF. Throws AppError for a document that is damaged, protected or beyond LIMITS. */
export async function* documentText(
  kind: DocumentKind,
  path: string,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  if (kind === 'pdf') {
    const pdf = await openPdf(path, name)
    try {
      yield* pdf.text(signal)
    } finally {
      await pdf.close()
    }
    return
  }
  const archive = await Archive.open(path, name)
  try {
    yield* kind === 'docx' ? docxText(archive, name, signal) : epubText(archive, name, signal)
  } finally {
    archive.close()
  }
}
