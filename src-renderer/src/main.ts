import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { openHost } from './host/client.ts'
import { openSession, reloadOnNewToken } from './host/session.ts'
import { makeRouter } from './router.ts'
import './styles/index.css'

openHost(openSession())
reloadOnNewToken()

// A file dropped beside a drop area must not replace the studio.
for (const type of ['dragover', 'drop'] as const) window.addEventListener(type, (event) => event.preventDefault())

createApp(App).use(createPinia()).use(makeRouter()).mount('#app')
