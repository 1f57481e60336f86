import type { FileChoice } from '@shared/contract/desk.ts'
import type { Purpose, Role } from '@shared/contract/schemas.ts'
import { defineStore } from 'pinia'
import { useDeskStore } from './desk.ts'

/**
 * What was chosen for files on their way into a dataset: for each file while it waits; and the roles of columns, so that a table with the
 * same columns gets the same roles when it is chosen again.
 */
export const useImportChoicesStore = defineStore('importChoices', () => {
  const store = useDeskStore()
  const keyOf = (purpose: Purpose, columns: readonly string[]) => JSON.stringify([purpose, ...columns])

  const of = (sourceId: string): FileChoice | null => store.desk.choices[sourceId] ?? null
  const put = (sourceId: string, choice: FileChoice): void => store.put('choices', sourceId, choice)
  const forget = (sourceId: string): void => store.drop('choices', sourceId)

  const rolesOf = (purpose: Purpose, columns: readonly string[]): Record<string, Role> | null =>
    store.desk.columnRoles[keyOf(purpose, columns)] ?? null
  const remember = (purpose: Purpose, columns: readonly string[], roles: Record<string, Role>): void =>
    store.put('columnRoles', keyOf(purpose, columns), { ...roles })

  return { of, put, forget, rolesOf, remember }
})
