import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { root } from '../node/root.ts'

export interface Corpus {
  /** A file of exactly `bytes`. */
  path: string
  bytes: Buffer
  /** What it is made of, for the report. */
  made: string
  remove(): void
}

const CORPUS_BYTES = 10_000_000
/** English of the shared folder beside the project, where there is one. */
const SHARED = resolve(root, '../shared/data')
const SHARED_FILES = ['tinyshakespeare.txt', 'the-verdict.txt', 'devils-dictionary.dict.txt', 'SMSSpamCollection.tsv']

/**
 * 10 MB of English: the file that GRADUS_BENCH_TEXT names; else the shared texts and what the installed packages tell of themselves, begun
 * again where that is not enough (`made` says so, for repeated text favours whoever remembers words).
 */
export function openCorpus(): Corpus {
  const given = process.env.GRADUS_BENCH_TEXT
  const files = given ? [resolve(given)] : [...SHARED_FILES.map((name) => join(SHARED, name)), ...readmes()]
  const parts = files.filter((file) => existsSync(file)).map((file) => readFileSync(file))
  const once = Buffer.concat(parts)
  if (once.length === 0) throw new Error('there is no English text on this machine; name some in GRADUS_BENCH_TEXT')
  const bytes = Buffer.alloc(CORPUS_BYTES)
  for (let at = 0; at < bytes.length; at += once.length) once.copy(bytes, at)
  // The last character may be cut.
  while ((bytes[bytes.length - 1]! & 0xc0) === 0x80) bytes.fill(0x0a, bytes.length - 1)
  const folder = mkdtempSync(join(tmpdir(), 'gradus-corpus-'))
  const path = join(folder, 'english.txt')
  writeFileSync(path, bytes)
  const amount = `${(Math.min(once.length, bytes.length) / 1e6).toFixed(1)} MB`
  return {
    path,
    bytes,
    made: `${given ?? 'shared texts and READMEs'}: ${once.length < bytes.length ? `${amount}, repeated to 10 MB` : '10 MB'}`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function readmes(): string[] {
  const packages = join(root, 'node_modules')
  return readdirSync(packages, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?:^|[\\/])(?:README|CHANGELOG|HISTORY)\.md$/i.test(name))
    .sort()
    .map((name) => join(packages, name))
}
