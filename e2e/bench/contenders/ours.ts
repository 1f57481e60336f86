import type { Backend } from '@engine/backend.ts'
import { createSession } from '@engine/model/gpt.ts'
import { configOf, OPTIMIZER } from '../model/shapes.ts'
import { fixedBatch, initialWeights, randomMatrix } from '../model/step-data.ts'
import { timed } from './timed.ts'
import type { Task, Work } from './work.ts'

/** The studio's own engine on a backend, through the same session that the studio trains with. */
export const oursOn = (backend: Backend, task: Task): Promise<Work> =>
  task.kind === 'step' ? step(backend, task) : matmul(backend, task)

async function step(backend: Backend, { shape, clip }: Extract<Task, { kind: 'step' }>): Promise<Work> {
  const { learningRate, ...adamW } = OPTIMIZER
  const session = await createSession(backend, {
    config: configOf(shape),
    head: { kind: 'lm' },
    batchSize: shape.batch,
    seqLen: shape.context,
    optimizer: { ...adamW, gradClip: clip },
  })
  session.setState({ params: new Map(initialWeights(shape).map(({ name, data }) => [name, data])) })
  const batch = fixedBatch(shape)
  let taken = 0
  return {
    run: (times) =>
      timed(times, async () => (await session.trainStep(batch, { learningRate, step: ++taken, seed: 1 })).loss),
    dispose: () => session.dispose(),
  }
}

async function matmul(backend: Backend, { size, read }: Extract<Task, { kind: 'matmul' }>): Promise<Work> {
  const shape = [size, size]
  const tensors = await backend.allocate('workspace', [
    { name: 'a', shape },
    { name: 'b', shape },
    { name: 'c', shape },
  ])
  const [a, b, out] = [tensors.get('a'), tensors.get('b'), tensors.get('c')]
  backend.write(a, randomMatrix(size * size, 1))
  backend.write(b, randomMatrix(size * size, 2))
  const program = await backend.record('matmul', (ops) =>
    ops.matmul({ layout: 'nn', a, b, out, m: size, n: size, k: size }),
  )
  return {
    run: (times) =>
      timed(times, async () => {
        backend.run(program)
        return (await backend.read(out, read === 'all' ? 0 : size * size - 1)).at(-1)!
      }),
    dispose() {
      program.free()
      tensors.free()
    },
  }
}
