import type { Chat } from '@shared/contract/schemas.ts'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { call } from '@/host/client.ts'

/** The chats of one project, and the one that is open. */
export const useChatsStore = defineStore('chats', () => {
  /** Latest changed first. */
  const chats = ref<Chat[]>([])
  const currentId = ref<string | null>(null)
  const current = computed(() => chats.value.find((chat) => chat.id === currentId.value) ?? null)
  /** Saves in flight follow one another, so that an older state never lands last. */
  let saving: Promise<unknown> = Promise.resolve()

  async function load(projectId: string): Promise<void> {
    const list = await call('chats.list', { projectId })
    chats.value = list.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt))
    if (!current.value) currentId.value = chats.value[0]?.id ?? null
  }

  async function create(projectId: string, runId: string, title: string): Promise<Chat> {
    const chat = await call('chats.create', { projectId, runId, title })
    chats.value.unshift(chat)
    currentId.value = chat.id
    return chat
  }

  /** Takes the chat's new state at once and writes it to disk. */
  function save(chat: Chat): Promise<void> {
    const at = chats.value.findIndex((other) => other.id === chat.id)
    if (at >= 0) chats.value[at] = chat
    const snapshot = JSON.parse(JSON.stringify(chat)) as Chat
    const write = saving.then(() => call('chats.save', snapshot))
    saving = write.catch(() => {})
    return write.then(() => {})
  }

  async function remove(id: string): Promise<void> {
    await call('chats.delete', { id })
    chats.value = chats.value.filter((chat) => chat.id !== id)
    if (currentId.value === id) currentId.value = chats.value[0]?.id ?? null
  }

  function select(id: string | null): void {
    currentId.value = id
  }

  return { chats, currentId, current, load, create, save, remove, select }
})
