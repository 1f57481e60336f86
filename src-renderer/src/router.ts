import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'
import { STAGE_NAMES, STAGES, type StageId } from '@/logic/stages.ts'
import ChatView from '@/views/ChatView.vue'
import ClassifyView from '@/views/ClassifyView.vue'
import DataView from '@/views/DataView.vue'
import DeviceView from '@/views/DeviceView.vue'
import HomeView from '@/views/HomeView.vue'
import InstructView from '@/views/InstructView.vue'
import ModelView from '@/views/ModelView.vue'
import PretrainView from '@/views/PretrainView.vue'
import RunsView from '@/views/RunsView.vue'
import TokenizerView from '@/views/TokenizerView.vue'

export type ScreenId = StageId | 'runs'

const screens: Record<ScreenId, RouteRecordRaw['component']> = {
  data: DataView,
  tokenizer: TokenizerView,
  model: ModelView,
  pretrain: PretrainView,
  instruct: InstructView,
  classify: ClassifyView,
  chat: ChatView,
  runs: RunsView,
}

/**
 * '/' is Home; '/p/<project>/<stage>' is a stage of a project, its route named after the stage. The paths live in the fragment, so both
 * hosts serve one page and a reload keeps the place.
 */
export function makeRouter() {
  const stages = ([...STAGES, 'runs'] as const).map((id) => ({
    path: `/p/:projectId/${id}`,
    name: id,
    component: screens[id],
    meta: { title: id === 'runs' ? 'Runs' : STAGE_NAMES[id] },
  }))
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'home', component: HomeView, meta: { title: 'Home' } },
      ...(stages as RouteRecordRaw[]),
      // Within a project its own model can be looked at.
      { path: '/device', name: 'device', component: DeviceView, meta: { title: 'This device' } },
      { path: '/p/:projectId/device', name: 'project-device', component: DeviceView, meta: { title: 'This device' } },
      { path: '/:rest(.*)*', redirect: '/' },
    ],
  })
}
