import { routes } from '@shared/contract/api.ts'
import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { PreviewRecord } from '@shared/contract/schemas.ts'
import { encodePair } from '@shared/text/templates.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'
import { shallowRef, watch } from 'vue'
import { host } from '@/host/client.ts'
import { auditPairs, auditTexts, type RecordAudit } from '@/logic/recordAudit.ts'

/** Records encoded before the page gets a turn. */
const SLICE = 100

export interface AuditInput {
  kind: 'instruct' | 'classify'
  datasetId: string
  tokenizer: Tokenizer
  /** Context of the base model. */
  context: number
}

/** Audit of a dataset's training part under a tokenizer and a context, made anew when one of them changes; null until it is done. */
export function useRecordAudit(input: () => AuditInput | null) {
  const audit = shallowRef<RecordAudit | null>(null)
  const error = shallowRef<AppErrorData | null>(null)
  let turn = 0
  watch(
    input,
    async (now) => {
      const mine = ++turn
      audit.value = null
      error.value = null
      if (!now) return
      try {
        const made = await auditOf(now, () => mine === turn)
        if (mine === turn) audit.value = made
      } catch (cause) {
        if (mine === turn) error.value = toErrorData(cause)
      }
    },
    { immediate: true },
  )
  return { audit, error }
}

async function auditOf({ kind, datasetId, tokenizer, context }: AuditInput, wanted: () => boolean) {
  const text = new TextDecoder().decode(await host().bytes(routes.records(datasetId, 'train')))
  const records = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as PreviewRecord)
  if (kind === 'instruct') {
    const pairs = await inSlices(records, wanted, ({ instruction = '', input = '', output = '' }) =>
      encodePair(tokenizer, { instruction, input, output }),
    )
    return auditPairs(pairs, context, tokenizer.unknown)
  }
  const texts = await inSlices(records, wanted, ({ text: one = '' }) => tokenizer.encode(one))
  return auditTexts(texts, context, tokenizer.unknown)
}

/** `map` over the rows, a slice at a time; what is left is skipped once it is not `wanted` any more. */
async function inSlices<A, B>(rows: readonly A[], wanted: () => boolean, map: (row: A) => B): Promise<B[]> {
  const out: B[] = []
  for (let at = 0; at < rows.length && wanted(); at += SLICE) {
    for (const row of rows.slice(at, at + SLICE)) out.push(map(row))
    await new Promise((turn) => setTimeout(turn))
  }
  return out
}
