import type { Dataset } from '@shared/contract/schemas.ts'
import { computed } from 'vue'
import { call } from '@/host/client.ts'
import { useDataStore } from '@/stores/data.ts'
import { useAsync } from './useAsync.ts'

/** The licence of a dataset, a starter set's own until a person says another, and how to say it; saying nothing makes it unknown again. */
export function useLicence(dataset: () => Dataset) {
  const data = useDataStore()
  const licence = computed(() => {
    const starter = data.starters.find((one) => one.id === dataset().starter)
    return dataset().licence ?? { name: starter?.licence ?? '', confirmed: starter !== undefined }
  })
  const save = useAsync(async (name: string) => {
    const next = { name: name.trim(), confirmed: name.trim() !== '' }
    data.putDataset(await call('datasets.setLicence', { id: dataset().id, licence: next }))
  })
  return { licence, save }
}
