import type { Dataset } from '@shared/contract/schemas.ts'
import { MOST_LOST, type RecordAudit } from './recordAudit.ts'
import type { Need } from './trainingNeeds.ts'

/** Ids of the cards that a missing thing leads to. */
export const SET_TARGET = 'examples'
export const AUDIT_TARGET = 'audit'

/** What the set of examples lacks, or null. `unapplied` when it has changes that were chosen and not applied. */
export function setNeed(kind: 'instruct' | 'classify', dataset: Dataset | null, unapplied: boolean): Need | null {
  const target = SET_TARGET
  if (dataset?.status !== 'ready') {
    return {
      text: kind === 'instruct' ? 'First choose pairs to learn from' : 'First choose texts with their classes',
      target,
    }
  }
  if (kind === 'classify' && dataset.classes.length < 2) {
    const only = dataset.classes[0] ? ` (“${dataset.classes[0].label}”)` : ''
    return { text: `Only one class${only}: a classifier needs at least two`, target }
  }
  if (unapplied) return { text: 'Apply or discard the changes to the examples', target }
  return null
}

/** What the audit has to say before the start, or null. */
export function auditNeed(audit: RecordAudit | null, acknowledged: boolean): Need | null {
  if (!audit) return { text: 'The examples are being counted …' }
  if (audit.usable === 0) return { text: 'No example fits the context of the base model', target: AUDIT_TARGET }
  if (audit.lostShare > MOST_LOST && !acknowledged) {
    return { text: 'Confirm that some examples are cut or left out', target: AUDIT_TARGET }
  }
  return null
}
