// npm run train | generate | demo | parity: the engine without a window. Prepares like npm start, then hands all arguments on.
import { join } from 'node:path'
import { ensureBuild, ensureDependencies, requireNode, root, run } from './prepare.mjs'

requireNode()
await ensureDependencies()
await ensureBuild()
const [command, ...args] = process.argv.slice(2)
// The terminal's Ctrl-C reaches the command by itself, which saves its work first: wait for it.
process.on('SIGINT', () => {})
// Paths among the arguments are meant from where the person stands, not from the project's folder.
process.exit(
  await run(process.execPath, [join(root, `out/main/${command}.js`), ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
  }),
)
