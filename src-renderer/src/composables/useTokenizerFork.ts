import { useRouter } from 'vue-router'
import { useProjectsStore } from '@/stores/projects.ts'
import { useAsync } from './useAsync.ts'
import { beginTokenizer, type TokenizerWish } from './useTokenizerJob.ts'

/**
 * A second project with the same text, examples and model shape but another tokenizer, so that the first keeps its trained model.
 * It is opened at once; its tokenizer is made while one looks.
 */
export function useTokenizerFork() {
  const projects = useProjectsStore()
  const router = useRouter()
  return useAsync(async (projectId: string, wish: TokenizerWish) => {
    const from = projects.projects.find((project) => project.id === projectId)
    if (!from) return
    const fork = await projects.create(`${from.name}, other tokenizer`)
    await projects.update(fork.id, {
      datasetId: from.datasetId,
      instructDatasetId: from.instructDatasetId,
      classifyDatasetId: from.classifyDatasetId,
      preset: from.preset,
      model: from.model,
    })
    await beginTokenizer(fork.id, wish)
    await router.push({ name: 'tokenizer', params: { projectId: fork.id } })
  })
}
