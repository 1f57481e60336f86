import { emptyDesk, type Desk, type DeskEntry, type DeskPart } from '@shared/contract/desk.ts'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { call } from '@/host/client.ts'

/** What the person has begun and not finished. Kept by main, so that it outlives the window. */
export const useDeskStore = defineStore('desk', () => {
  const desk = ref<Desk>(emptyDesk())
  /** The newest of each thing that main was not told yet. */
  const untold = new Map<string, DeskEntry>()
  let telling = false

  async function load(): Promise<void> {
    desk.value = await call('desk.get', {})
  }

  /** Lays a thing on the desk in place of what lay there. */
  function put<P extends DeskPart>(part: P, id: string, value: Desk[P][string]): void {
    Object.assign(desk.value[part], { [id]: value })
    tell({ part, id, value } as DeskEntry)
  }

  function drop(part: DeskPart, id: string): void {
    if (desk.value[part][id] === undefined) return
    delete desk.value[part][id]
    tell({ part, id, value: null })
  }

  function tell(entry: DeskEntry): void {
    untold.set(`${entry.part} ${entry.id}`, entry)
    if (!telling) void tellAll()
  }

  /** One after the other, and of what changed meanwhile only the newest: a slider that is dragged changes many times a second. */
  async function tellAll(): Promise<void> {
    telling = true
    for (const [key, entry] of untold) {
      untold.delete(key)
      // Where main cannot be reached, the page has it until it is closed.
      await call('desk.put', entry).catch(() => {})
    }
    telling = false
  }

  return { desk, load, put, drop }
})
