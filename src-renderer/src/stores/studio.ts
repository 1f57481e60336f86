import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { AppInfo, Settings } from '@shared/contract/schemas.ts'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { call } from '@/host/client.ts'
import { followEvents, type Connection } from '@/host/events.ts'
import { useDataStore } from './data.ts'
import { useDeskStore } from './desk.ts'
import { useEngineStore, type DeviceSettings } from './engine.ts'
import { useProjectsStore } from './projects.ts'
import { useRunsStore } from './runs.ts'

/** The app as a whole: what main says about itself, the settings, and whether main can be reached. */
export const useStudioStore = defineStore('studio', () => {
  const info = ref<AppInfo | null>(null)
  const settings = ref<Settings>({ theme: 'system', backend: 'auto', cpuThreads: null })
  const connection = ref<Connection>('connecting')
  /** Everything was loaded once; screens may be shown. */
  const ready = ref(false)
  /** Why the start failed. */
  const error = ref<AppErrorData | null>(null)
  const theme = computed(() => settings.value.theme)

  /** Loads what every screen needs, then follows main's events for as long as the page lives. */
  async function start(): Promise<void> {
    error.value = null
    try {
      // The desk first: it says whose the jobs are that ended meanwhile.
      ;[info.value, settings.value] = await Promise.all([
        call('app.info', {}),
        call('settings.get', {}),
        useDeskStore().load(),
      ])
      await Promise.all([useProjectsStore().load(), useDataStore().load(), useRunsStore().load()])
    } catch (cause) {
      error.value = toErrorData(cause)
      return
    }
    ready.value = true
    useEngineStore().start(settings.value)
    void followEvents(
      {
        onEvent: (event) => {
          if (event.type === 'job') void useDataStore().onJob(event.job)
        },
        onConnection: (state) => {
          const back = state === 'online' && connection.value === 'lost'
          connection.value = state
          if (back) void useDataStore().load()
        },
      },
      new AbortController().signal,
    )
  }

  async function change(patch: Partial<Settings>): Promise<void> {
    settings.value = { ...settings.value, ...patch }
    settings.value = await call('settings.set', patch)
  }
  const setTheme = (next: Settings['theme']) => change({ theme: next })
  /** What to train on: taken up at once, or when the run in progress has ended. */
  async function setDevice(patch: Partial<DeviceSettings>): Promise<void> {
    await change(patch)
    useEngineStore().restart(settings.value)
  }

  return { info, settings, theme, connection, ready, error, start, setTheme, setDevice }
})
