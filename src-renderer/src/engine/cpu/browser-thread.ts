import { helpAlong } from './thread.ts'
import type { ThreadStart } from './threads.ts'

addEventListener('message', (event: MessageEvent<ThreadStart>) => {
  void helpAlong(event.data, (message) => postMessage(message))
})
