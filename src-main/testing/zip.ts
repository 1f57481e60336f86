import { deflateRawSync } from 'node:zlib'
import { crc32 } from '../../src-shared/formats/crc32.ts'

type Entries = Record<string, string | Uint8Array>

/** A ZIP archive (PKWARE APPNOTE) of files, deflated. For tests. `lie` replaces the uncompressed size that the archive claims. */
export function makeZip(entries: Entries, { lie }: { lie?: number } = {}): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(entries)) {
    const bytes = Buffer.from(content as string)
    const packed = deflateRawSync(bytes)
    const nameBytes = Buffer.from(name)
    // Version 2.0, UTF-8 names, deflate, no time.
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x0800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(lie ?? bytes.length, 18)
    common.writeUInt16LE(nameBytes.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), Buffer.of(20, 0), common, tail, nameBytes]))
    files.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...files, central, end])
}

/** A Word document of paragraphs: each the inside of a `w:p` element. */
export const makeDocx = (paragraphs: string[]): Buffer =>
  makeZip({
    '[Content_Types].xml':
      '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    '_rels/.rels':
      '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    'word/document.xml': `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>${paragraphs.map((inside) => `<w:p>${inside}</w:p>`).join('')}</w:body></w:document>`,
  })

/** An EPUB book: chapters by file name, in their order. */
export const makeEpub = (chapters: Record<string, string>, more: Entries = {}): Buffer =>
  makeZip({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml':
      '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    'OEBPS/content.opf': `<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest><item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>${Object.keys(
      chapters,
    )
      .map((name, i) => `<item id="c${i}" href="${encodeURIComponent(name)}" media-type="application/xhtml+xml"/>`)
      .join('')}</manifest><spine><itemref idref="nav"/>${Object.keys(chapters)
      .map((_, i) => `<itemref idref="c${i}"/>`)
      .join('')}</spine></package>`,
    'OEBPS/nav.xhtml': '<html><body><nav>Contents</nav></body></html>',
    ...Object.fromEntries(Object.entries(chapters).map(([name, body]) => [`OEBPS/${name}`, body])),
    ...more,
  })
