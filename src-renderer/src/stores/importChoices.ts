import type { Purpose, Role } from '@shared/contract/schemas.ts'
import { useLocalStorage, useSessionStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import type { FileChoice } from '@/logic/dataImport.ts'

/** Tables whose roles are remembered. */
const REMEMBERED = 50

/**
 * What was chosen for files on their way into a dataset: for each file while it waits, over leaving the screen and a reload; and the roles
 * of columns, so that a table with the same columns gets the same roles when it is chosen again.
 */
export const useImportChoicesStore = defineStore('importChoices', () => {
  const byFile = useSessionStorage<Record<string, FileChoice>>('gradus.importChoices', {})
  const byColumns = useLocalStorage<[key: string, roles: Record<string, Role>][]>('gradus.columnRoles', [])

  const keyOf = (purpose: Purpose, columns: readonly string[]) => JSON.stringify([purpose, ...columns])

  const of = (sourceId: string): FileChoice | null => byFile.value[sourceId] ?? null
  function put(sourceId: string, choice: FileChoice): void {
    byFile.value[sourceId] = choice
  }
  function forget(sourceId: string): void {
    delete byFile.value[sourceId]
  }

  const rolesOf = (purpose: Purpose, columns: readonly string[]): Record<string, Role> | null =>
    byColumns.value.find(([key]) => key === keyOf(purpose, columns))?.[1] ?? null
  function remember(purpose: Purpose, columns: readonly string[], roles: Record<string, Role>): void {
    const mine = keyOf(purpose, columns)
    const others = byColumns.value.filter(([key]) => key !== mine)
    byColumns.value = [[mine, { ...roles }] as [string, Record<string, Role>], ...others].slice(0, REMEMBERED)
  }

  return { of, put, forget, rolesOf, remember }
})
