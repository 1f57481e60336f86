import process from 'node:process'
import type { Allocation, Ops, Program, Tensor } from '@engine/backend.ts'
import { checkTile } from '@engine/webgpu/autotune/gate.ts'
import type { Tunable } from '@engine/webgpu/autotune/tunable.ts'
import { openWebGpu } from '@engine/webgpu/webgpu-backend.ts'
import { toErrorData } from '@shared/contract/errors.ts'
import { frame, onFrames } from './frames.ts'
import { isRef, type Answer, type Answers, type Call, type Ref, type Request } from './protocol.ts'

/** Runs under Deno: carries out on Deno's WebGPU device what remote-backend.ts asks for. */
let backend: Tunable | undefined
const allocations = new Map<number, Allocation>()
const programs = new Map<number, Program>()

const device = () => {
  if (!backend) throw new Error('The device is not open.')
  return backend
}

const find = ({ allocation, name }: Ref) => {
  const found = allocations.get(allocation)
  if (!found) throw new Error(`Allocation ${allocation} is not there.`)
  return name === null ? found : found.get(name)
}

/** The arguments of an operation, with tensors where references stood. */
function resolve(value: unknown): unknown {
  if (isRef(value)) return find(value)
  if (typeof value !== 'object' || value === null || value instanceof Set || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(resolve)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]))
}

const replay = (ops: Ops, { op, args }: Call) => (ops[op as keyof Ops] as (args: unknown) => void)(resolve(args))

async function handle(request: Request): Promise<Answers[Request['type']]> {
  switch (request.type) {
    case 'open':
      backend = await openWebGpu(request.tuning, 1, request.largest)
      return backend.info
    case 'check':
      return checkTile(device(), request.tile, { brief: true, half: true })
    case 'allocate': {
      const { key, category, specs, packed } = request
      const made = packed ? device().allocatePacked(category, specs) : device().allocate(category, specs)
      allocations.set(key, await made)
      return allocations.get(key)!.bytes
    }
    case 'record': {
      const { key, label, calls } = request
      const program = await device().record(label, (ops) => calls.forEach((call) => replay(ops, call)))
      programs.set(key, program)
      return { bytes: program.bytes, dispatches: program.dispatches }
    }
    case 'run':
      device().run(programs.get(request.program)!)
      return null
    case 'write':
      device().write(find(request.tensor) as Tensor, request.data)
      return null
    case 'read':
      return device().read(find(request.tensor) as Tensor, request.start, request.length)
    case 'free':
      ;(allocations.get(request.key) ?? programs.get(request.key))?.free()
      return null
  }
}

const send = (answer: Answer) => process.stdout.write(frame(answer))

process.stdin.on(
  'data',
  onFrames<Request & { id: number }>((request) => {
    handle(request).then(
      (value) => send({ id: request.id, value, counters: { ...device().counters } }),
      (error) => send({ id: request.id, error: toErrorData(error) }),
    )
  }),
)
process.stdin.on('end', () => process.exit(0))
