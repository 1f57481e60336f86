import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { Chat, Message, Run } from '@shared/contract/schemas.ts'
import { tryOnBeforeUnmount } from '@vueuse/core'
import { shallowRef } from 'vue'
import {
  answerMessage,
  chatTitle,
  promptFor,
  samplingFor,
  userMessage,
  withMessage,
  type SamplingChoice,
} from '@/logic/chatTurns.ts'
import { useChatsStore } from '@/stores/chats.ts'
import { useEngineStore } from '@/stores/engine.ts'

/** How often a growing answer is written to disk. */
const SAVE_EVERY_MS = 1000
const now = () => new Date().toISOString()

/**
 * Talking with a model in the chat that is open. The growing answer is `live`; it is saved as it grows, marked interrupted until it has
 * its end. Leaving the screen stops it.
 */
export function useConversation(projectId: string, run: () => Run | null, choice: () => SamplingChoice) {
  const chats = useChatsStore()
  const engine = useEngineStore()
  const live = shallowRef<{ chatId: string; message: Message } | null>(null)
  const error = shallowRef<AppErrorData | null>(null)
  let controller: AbortController | null = null

  async function send(text: string): Promise<void> {
    const model = run()
    if (!model || live.value) return
    error.value = null
    try {
      const chat = chats.current ?? (await chats.create(projectId, model.id, chatTitle(text)))
      const asked = withMessage(chat, userMessage(crypto.randomUUID(), text, now()))
      await answer(asked, model)
    } catch (cause) {
      error.value = toErrorData(cause)
    }
  }

  /** Writes the last answer anew, or the one that failed to come. */
  async function regenerate(): Promise<void> {
    const [chat, model] = [chats.current, run()]
    if (!chat || !model || live.value) return
    const kept = chat.messages.findLastIndex((message) => message.role === 'user') + 1
    await answer({ ...chat, messages: chat.messages.slice(0, kept) }, model)
  }

  /** Has a base model write on from where its last answer ended. */
  async function goOn(): Promise<void> {
    const [chat, model] = [chats.current, run()]
    const last = chat?.messages.at(-1)
    if (!chat || !model || live.value || last?.role !== 'model') return
    await answer(chat, model, last)
  }

  async function answer(old: Chat, model: Run, begun?: Message): Promise<void> {
    error.value = null
    const chat = { ...old, updatedAt: now() }
    const sampling = samplingFor(choice(), Math.random)
    const instruct = model.kind === 'instruct'
    const start = answerMessage(begun?.id ?? crypto.randomUUID(), sampling.seed, now(), begun?.content ?? '')
    const prompt = promptFor(chat, start.id, instruct)
    controller = new AbortController()
    live.value = { chatId: chat.id, message: start }
    let saved = performance.now()
    const grow = (piece: string) => {
      const { message } = live.value ?? { message: start }
      live.value = { chatId: chat.id, message: { ...message, content: message.content + piece } }
      if (performance.now() - saved < SAVE_EVERY_MS) return
      saved = performance.now()
      void chats.save(withMessage(chat, live.value.message)).catch(() => {}) // the save at the end tells
    }
    try {
      await chats.save(withMessage(chat, start))
      await engine.loadModel(model.id)
      const { stopReason, tokens, tokensPerSecond } = await engine.generate(
        { prompt, instruct, sampling },
        grow,
        controller.signal,
      )
      const all = tokens + (begun?.tokens ?? 0)
      await finish({ ...live.value.message, stopReason, tokens: all, tokensPerSecond })
    } catch (cause) {
      error.value = toErrorData(cause)
      await finish(live.value.message).catch(() => {}) // the first failure is the one to tell
    } finally {
      live.value = null
      controller = null
    }

    async function finish(message: Message): Promise<void> {
      // An answer that failed before its first word leaves no empty bubble.
      const empty = message.content === '' && message.stopReason === 'interrupted'
      await chats.save(empty ? chat : withMessage(chat, message))
    }
  }

  const stop = () => controller?.abort()
  tryOnBeforeUnmount(stop)
  return { live, error, send, regenerate, goOn, stop }
}
