import { readFile, stat } from 'node:fs/promises'
import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import { throwIfCancelled } from '../../cancel.ts'
import { damaged, encrypted } from './archive.ts'

/** A line further below the last one than this many line heights begins a paragraph. */
const PARAGRAPH_GAP = 1.6

interface TextItem {
  str: string
  hasEOL: boolean
  height: number
  /** Of the page's coordinates; the last one is y, upwards. */
  transform: number[]
}

/**
 * The text layer of a PDF, page by page; a page without one gives an empty string. Lines stand as they do on the page: columns, running
 * heads and hyphens are the page's. The document's scripts and fonts are never run.
 * @returns an iteration over pages, and how many there are
 */
export async function openPdf(path: string, name: string) {
  const { size } = await stat(path)
  if (size > LIMITS.pdfBytes) {
    throw new AppError({
      code: 'too_large',
      message: `${name} is larger than ${LIMITS.pdfBytes / 1024 / 1024} MiB, the most that is read of a PDF.`,
      hint: 'Save its text as a plain text file, which may be of any size, or split it.',
    })
  }
  // Loaded when it is needed: it is large.
  const { getDocumentProxy } = await import('unpdf')
  const data = new Uint8Array(await readFile(path))
  const pdf = await getDocumentProxy(data, { isEvalSupported: false, disableFontFace: true, verbosity: 0 }).catch(
    (error: unknown) => {
      throw (error as Error).name === 'PasswordException' ? encrypted(name) : damaged(name, error)
    },
  )
  return {
    pages: pdf.numPages,
    close: () => pdf.destroy(),
    async *text(signal: AbortSignal): AsyncGenerator<string> {
      for (let number = 1; number <= pdf.numPages; number++) {
        throwIfCancelled(signal)
        let items: unknown[]
        try {
          const page = await pdf.getPage(number)
          items = (await page.getTextContent()).items
          page.cleanup()
        } catch (error) {
          throw damaged(name, error)
        }
        yield pageText(items.filter((item): item is TextItem => 'str' in (item as object)))
      }
    },
  }
}

function pageText(items: TextItem[]): string {
  let text = ''
  let lastY: number | null = null
  let lineStart = true
  for (const { str, hasEOL, height, transform } of items) {
    const y = transform[5] ?? 0
    if (lineStart && str.trim() !== '') {
      if (lastY !== null && height > 0 && lastY - y > PARAGRAPH_GAP * height) text += '\n'
      lastY = y
    }
    text += str
    if (str !== '') lineStart = false
    if (!hasEOL) continue
    text = `${text.trimEnd()}\n`
    lineStart = true
  }
  const trimmed = text.replace(/\n{3,}/g, '\n\n').trim()
  return trimmed === '' ? '' : `${trimmed}\n\n`
}
