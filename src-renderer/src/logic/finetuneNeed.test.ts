import type { Dataset } from '@shared/contract/schemas.ts'
import { expect, it } from 'vitest'
import { auditNeed, setNeed } from './finetuneNeed.ts'
import type { RecordAudit } from './recordAudit.ts'

const classes = (...labels: string[]) => ({ status: 'ready', classes: labels.map((label) => ({ label })) }) as Dataset
const audit = (patch: Partial<RecordAudit>): RecordAudit => ({
  total: 100,
  usable: 100,
  cut: 0,
  nothing: 0,
  lostShare: 0,
  longest: 32,
  unknown: 0,
  tokens: 1000,
  ...patch,
})

it('needs a ready set, and two classes to sort', () => {
  expect(setNeed('instruct', null, false)?.text).toBe('First choose pairs to learn from')
  expect(setNeed('classify', { ...classes('a', 'b'), status: 'importing' }, false)?.text).toBe(
    'First choose texts with their classes',
  )
  expect(setNeed('classify', classes('ham'), false)?.text).toContain('Only one class (“ham”)')
  expect(setNeed('classify', classes('ham', 'spam'), false)).toBeNull()
  expect(setNeed('instruct', classes(), false)).toBeNull()
})

it('waits for changes to be applied or discarded', () => {
  expect(setNeed('instruct', classes(), true)?.text).toBe('Apply or discard the changes to the examples')
})

it('asks for a confirmation when more than a twentieth is lost', () => {
  expect(auditNeed(null, false)?.text).toContain('being counted')
  expect(auditNeed(audit({ lostShare: 0.05 }), false)).toBeNull()
  expect(auditNeed(audit({ lostShare: 0.06 }), false)?.target).toBe('audit')
  expect(auditNeed(audit({ lostShare: 0.06 }), true)).toBeNull()
})

it('never trains where nothing is left to learn', () => {
  expect(auditNeed(audit({ usable: 0, lostShare: 1 }), true)?.text).toContain('No example fits')
})
