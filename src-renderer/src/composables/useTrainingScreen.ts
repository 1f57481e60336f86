import type { Input } from '@shared/contract/api.ts'
import type { RunKind } from '@shared/contract/schemas.ts'
import { computed, ref } from 'vue'
import { useRouter } from 'vue-router'
import type { StageId } from '@/logic/stages.ts'
import { useProjectsStore } from '@/stores/projects.ts'
import { useRunActions } from './useRunActions.ts'
import { useShownRun } from './useShownRun.ts'

/** What the three training screens share: the run shown, or a new one being set up, and starting it. */
export function useTrainingScreen(kind: RunKind) {
  const projects = useProjectsStore()
  const router = useRouter()
  const first = projects.current
  if (!first) throw new Error('a training screen needs an open project')
  const { run, earlier } = useShownRun(kind)
  const actions = useRunActions()
  /** A new run is being set up although there is one. */
  const again = ref(false)
  const settingUp = computed(() => !run.value || again.value)

  async function start(input: Input<'runs.create'> | null): Promise<void> {
    if (input && (await actions.start(input))) again.value = false
  }
  /** The open project; the one the screen began with while it is being left. */
  const project = () => projects.current ?? first
  const go = (name: StageId) => router.push({ name, params: { projectId: first.id } })
  return { run, earlier, again, settingUp, actions, project, start, go }
}

export type TrainingScreen = ReturnType<typeof useTrainingScreen>
