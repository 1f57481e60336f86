import { openCpuNode } from '../../../src-main/headless/cpu-node.ts'
import type { Case, ContenderResult } from '../core/case.ts'
import { median } from '../core/stats.ts'
import { oursDecode } from '../contenders/ours-decode.ts'
import { oursMatvec } from '../contenders/ours-matvec.ts'
import { GPT2 } from '../model/shapes.ts'
import { memoryRead } from '../node/bandwidth.ts'
import { localContender } from '../node/local.ts'
import { pytorch, type findPyTorch } from '../node/pytorch.ts'

/** Tokens of a turn. */
const TOKENS = 16

/** Weights that one token needs: all but the positions, of which it needs one row; in whole KiB rows of the readers. */
function bytesPerToken(): number {
  const { layers: L, width: C, vocab: V } = GPT2
  const bytes = 4 * (V * C + L * (12 * C * C + 13 * C) + 2 * C)
  return Math.round(bytes / 4096) * 4096
}

/**
 * Greedy decoding with the KV cache by the 124M shape. Whoever decodes must read all weights for every token, so readers take part that only read as
 * many bytes: the fastest of them is the limit.
 */
export function decodeCase(threads: number, python: Awaited<ReturnType<typeof findPyTorch>>): Case {
  const bytes = bytesPerToken()
  const open = () => openCpuNode(threads)
  return {
    id: 'decode',
    title: `Greedy decoding of one sequence, ${TOKENS} tokens, GPT-2 124M (${(bytes / 1e6).toFixed(0)} MB of weights a token)`,
    contenders: async () => {
      const torchRead = pytorch(python, threads, { kind: 'read', bytes })
      return [
        localContender('Gradus', open, (backend) => oursDecode(backend, GPT2)),
        pytorch(python, threads, { kind: 'decode', shape: GPT2 }),
        localContender(`${READER}: matrix times vector`, open, (backend) => oursMatvec(backend, bytes)),
        memoryRead(bytes, threads),
        'missing' in torchRead ? torchRead : Object.assign(torchRead, { name: `${READER}: ${torchRead.name}, sum` }),
      ]
    },
    rounds: 8,
    warmUp: 1,
    times: TOKENS,
    budgetS: 120,
    rates: [
      { unit: 'tok/s', work: 1 },
      { unit: 'GB/s', work: bytes / 1e9 },
    ],
    tolerance: 0,
    needsBytes: 5 * 2 ** 30,
    notes: limitNotes,
  }
}

/** How the names of those begin that only read. */
const READER = 'only reading'

function limitNotes(results: readonly ContenderResult[]): string[] {
  const readers = results.filter(({ name, ms }) => ms.length > 0 && name.startsWith(READER))
  const ours = results[0]!
  if (readers.length === 0 || ours.ms.length === 0) return []
  const fastest = readers.reduce((best, one) => (median(one.ms) < median(best.ms) ? one : best))
  const share = median(fastest.ms) / median(ours.ms)
  return [`Gradus reaches ${share.toFixed(2)} of the limit set by memory (${fastest.name}).`]
}
