import { execFile } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Purpose } from '@shared/contract/schemas.ts'
import type { Case, Contender } from '../core/case.ts'
import type { Corpus } from '../data/corpus.ts'
import type { PipelineResult, PipelineTask } from '../data/pipeline.ts'

interface Work {
  id: string
  title: string
  task: PipelineTask
  purpose?: Purpose
  /** Name and content of the file, by pieces. */
  file: string
  bytes: number
  pieces: () => Generator<Uint8Array>
  rate?: boolean
}

/** Sizes are those of the project's targets; GRADUS_BENCH_SCALE makes all of them smaller, for a try. */
const scale = Number(process.env.GRADUS_BENCH_SCALE ?? 1)
const GB = 1e9 * scale

export const pipelineCases = (corpus: Corpus): Case[] =>
  [
    {
      id: 'text-2gb',
      title: `Import a text of ${2 * scale} GB and tokenize it with GPT-2's vocabulary, as the studio does`,
      task: 'tokenize' as const,
      file: 'big.txt',
      bytes: 2 * GB,
      pieces: () => repeated(corpus.bytes, 2 * GB),
      rate: true,
    },
    {
      id: 'jsonl-1gb',
      title: `Import JSON Lines of ${scale} GB, five lines of them broken`,
      task: 'import' as const,
      file: 'big.jsonl',
      bytes: GB,
      pieces: () => jsonLines(corpus.bytes, GB),
      rate: true,
    },
    {
      id: 'cancel',
      title: `Cancel the import of a text of ${2 * scale} GB after a quarter of it`,
      task: 'cancel' as const,
      file: 'big.txt',
      bytes: 2 * GB,
      pieces: () => repeated(corpus.bytes, 2 * GB),
    },
    {
      id: 'one-line',
      title: 'Show a text of 200 MB that is one line',
      task: 'probe' as const,
      file: 'line.txt',
      bytes: 2e8,
      pieces: () =>
        repeated(
          Buffer.from(corpus.bytes).map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)),
          2e8,
        ),
    },
  ].map(pipelineCase)

function pipelineCase(work: Work): Case {
  const results: PipelineResult[] = []
  return {
    id: work.id,
    title: work.title,
    rounds: 1,
    warmUp: 0,
    times: 1,
    budgetS: 600,
    rates: work.rate ? [{ unit: 'MB/s', work: work.bytes / 1e6 }] : [],
    contenders: async () => [contender(work, results)],
    notes: () => results.flatMap((result) => notesOf(work, result)),
  }
}

function contender({ task, purpose = 'pretrain', file, pieces }: Work, results: PipelineResult[]): Contender {
  let folder = ''
  return {
    name: 'Gradus',
    async prepare() {
      folder = mkdtempSync(join(tmpdir(), 'gradus-pipeline-'))
      const target = openSync(join(folder, file), 'w')
      for (const piece of pieces()) writeSync(target, piece)
      closeSync(target)
    },
    async run() {
      const script = join(import.meta.dirname, 'pipeline.js')
      const args = [script, task, join(folder, file), join(folder, 'studio'), purpose]
      const { stdout } = await promisify(execFile)(process.execPath, args)
      const result = JSON.parse(stdout) as PipelineResult
      results.push(result)
      return { ms: result.ms, values: [] }
    },
    async dispose() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function notesOf(work: Work, { parts, rssRise, longestAnswer, lines }: PipelineResult): string[] {
  const rates = Object.entries(parts)
    .filter(([part]) => work.rate && part !== 'probe')
    .map(([part, { ms, cpuMs }]) => {
      const rate = (work.bytes / 1e3 / ms).toFixed(1)
      return `${part} ${rate} MB/s (${(ms / 1e3).toFixed(1)} s, of which ${(cpuMs / 1e3).toFixed(1)} s of processor time in all threads)`
    })
  return [
    ...(rates.length > 0 ? [rates.join(', ')] : []),
    ...lines,
    `memory of the process rose by ${(rssRise / 1e6).toFixed(0)} MB at most; the longest answer took ${longestAnswer.toFixed(0)} ms`,
  ]
}

function* repeated(text: Uint8Array, bytes: number): Generator<Uint8Array> {
  for (let done = 0; done < bytes; done += text.length) yield text.subarray(0, Math.min(text.length, bytes - done))
}

/** The paragraphs of a text as records `{"text": …}`, numbered so that no two are alike; every fifth part ends with half a record. */
function* jsonLines(text: Buffer, bytes: number): Generator<Uint8Array> {
  const paragraphs = text
    .toString()
    .split('\n\n')
    .filter((paragraph) => paragraph.trim() !== '')
  let number = 0
  let done = 0
  for (let part = 1; part <= 5; part++) {
    while (done < (bytes * part) / 5) {
      const lines = Array.from({ length: 1000 }, () => {
        const paragraph = paragraphs[number++ % paragraphs.length]
        return JSON.stringify({ id: number, text: `${number}. ${paragraph}` })
      })
      const piece = Buffer.from(`${lines.join('\n')}\n`)
      done += piece.length
      yield piece
    }
    yield Buffer.from('{"id": 0, "text": "half of it\n')
  }
}
