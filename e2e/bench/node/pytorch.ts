import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Contender, Missing, Turn } from '../core/case.ts'
import { FIRST_TOKEN } from '../contenders/ours-decode.ts'
import type { Task } from '../contenders/work.ts'
import { OPTIMIZER, type StepShape } from '../model/shapes.ts'
import { fixedBatch, initialWeights, randomMatrix } from '../model/step-data.ts'
import { root } from './root.ts'

/** What PyTorch can be asked for: also greedy decoding, and reading memory as fast as it can. */
export type TorchTask = Task | { kind: 'decode'; shape: StepShape } | { kind: 'read'; bytes: number }

interface Python {
  command: string
  torch: string
}

/** The first Python that has PyTorch: GRADUS_PYTHON, the system's own, the one on the path. */
export async function findPyTorch(): Promise<Python | null> {
  for (const command of [process.env.GRADUS_PYTHON, '/usr/bin/python3', 'python3', 'python']) {
    const torch = command && (await printed(command, ['-c', 'import torch; print(torch.__version__)']))
    if (torch) return { command, torch }
  }
  return null
}

function printed(command: string, args: string[]): Promise<string> {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    child.stdout.on('data', (chunk) => (text += chunk))
    child.on('error', () => done(''))
    child.on('close', (code) => done(code === 0 ? text.trim() : ''))
  })
}

/** PyTorch as a contender: a process of its own that waits for orders, so that turns alternate. */
export function pytorch(python: Python | null, threads: number, task: TorchTask): Contender | Missing {
  if (!python) {
    const missing =
      'no Python with torch was found (Debian: apt-get install python3-torch, or name one in GRADUS_PYTHON)'
    return { name: 'PyTorch', missing }
  }
  let child: TorchProcess | undefined
  return {
    name: `PyTorch ${python.torch}, ${threads} threads`,
    async prepare() {
      child = new TorchProcess(python.command, threads)
      await child.start(task)
    },
    run: (times) => child!.ask<Turn>({ times }),
    async dispose() {
      child?.end()
    },
  }
}

class TorchProcess {
  private readonly child: ChildProcess
  private readonly lines: AsyncIterator<string>
  private errors = ''

  constructor(command: string, threads: number) {
    const count = `${threads}`
    const env = { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count }
    this.child = spawn(command, [join(root, 'e2e/bench/node/pytorch.py')], { env })
    this.child.stderr!.on('data', (chunk) => (this.errors += chunk))
    this.child.on('error', (error) => (this.errors += error.message))
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]()
  }

  /** Hands the task over, its numbers as files, and waits until PyTorch has taken them in. */
  async start(task: TorchTask): Promise<void> {
    await this.answer()
    const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'))
    try {
      await this.ask({ prepare: { ...task, ...extras(task, folder) } })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  async ask<T>(order: object): Promise<T> {
    this.child.stdin!.write(`${JSON.stringify(order)}\n`)
    return (await this.answer()) as T
  }

  end(): void {
    this.child.kill()
  }

  private async answer(): Promise<unknown> {
    const { value, done } = await this.lines.next()
    if (done) throw new Error(`PyTorch's process ended: ${this.errors.trim().split('\n').at(-1)}`)
    return JSON.parse(value as string)
  }
}

/** What belongs to a task besides itself. */
function extras(task: TorchTask, folder: string): object {
  switch (task.kind) {
    case 'read':
      return {}
    case 'matmul': {
      const [a, b] = [join(folder, 'a'), join(folder, 'b')]
      writeFileSync(a, randomMatrix(task.size ** 2, 1))
      writeFileSync(b, randomMatrix(task.size ** 2, 2))
      return { a, b }
    }
    case 'step': {
      const { inputIds, labels } = fixedBatch(task.shape)
      return {
        ...weightsFile(task.shape, folder),
        inputIds: [...inputIds],
        labels: [...labels],
        optimizer: OPTIMIZER,
      }
    }
    case 'decode':
      return { ...weightsFile(task.shape, folder), firstToken: FIRST_TOKEN }
  }
}

function weightsFile(shape: StepShape, folder: string): { weights: string; order: [string, number[]][] } {
  const weights = join(folder, 'weights')
  const file = openSync(weights, 'w')
  const order: [string, number[]][] = []
  for (const { name, shape: dims, data } of initialWeights(shape)) {
    writeSync(file, data)
    order.push([name, dims])
  }
  closeSync(file)
  return { weights, order }
}
