import type { Project } from '@shared/contract/schemas.ts'
import { computed, ref } from 'vue'
import { chatModels } from '@/logic/chatTurns.ts'
import { useChatsStore } from '@/stores/chats.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useRunsStore } from '@/stores/runs.ts'

/** Who is talked to: an open chat keeps its model, a new one takes the chosen one; `blocked` says why nobody can be now. */
export function useChatModel(project: () => Project) {
  const chats = useChatsStore()
  const engine = useEngineStore()
  const runs = useRunsStore()
  const models = computed(() => chatModels(runs.ofProject(project().id), project()))
  const chosen = ref<string | null>(null)
  const run = computed(() => {
    if (chats.current) return models.value.find((model) => model.id === chats.current?.runId) ?? null
    return models.value.find((model) => model.id === chosen.value) ?? models.value[0] ?? null
  })
  const base = computed(() => run.value?.kind === 'pretrain')
  const options = computed(() =>
    models.value.map(({ id, name, kind }) => ({
      value: id,
      label: `${name} · ${kind === 'instruct' ? 'answers' : 'continues text'}`,
    })),
  )
  /** Choosing another model than the open chat's begins a new chat. */
  const modelId = computed({
    get: () => run.value?.id ?? '',
    set: (id) => {
      chosen.value = id
      if (chats.current?.runId !== id) chats.select(null)
    },
  })
  const blocked = computed(() => {
    if (engine.state === 'unavailable') return 'There is no engine to write with.'
    if (engine.state === 'starting') return 'The engine is starting …'
    if (engine.activeRunId !== null && engine.training?.phase !== 'paused') return 'A run is training.'
    if (!run.value) return 'The model of this chat was deleted. Begin a new chat.'
    return null
  })
  return { models, run, base, options, modelId, blocked }
}
