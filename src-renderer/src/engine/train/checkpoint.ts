import { AppError } from '@shared/contract/errors.ts'
import { readSafetensors, safetensorsHeader, safetensorsParts, toFloat32 } from '@shared/formats/safetensors.ts'
import type { ParameterSpec } from '@shared/model/parameters.ts'
import type { SessionState, TensorMap } from '@engine/model/session.ts'

export const MODEL_FILE = 'model.safetensors'
export const OPTIM_FILE = 'optim.safetensors'

/** A file of a checkpoint, written in parts. */
export interface CheckpointFile {
  name: string
  bytes: number
  /** The file from its start, in parts of at most LIMITS.partBytes. */
  parts(): AsyncIterable<Uint8Array<ArrayBuffer>>
}

/** Parameters under their Hugging Face names, and where `state` has them the moments of `trained` as `m.<name>` and `v.<name>`. */
export function checkpointFiles(
  table: readonly ParameterSpec[],
  state: SessionState,
  trained: readonly ParameterSpec[] = table,
): CheckpointFile[] {
  const weights = tensorFile(MODEL_FILE, named(table, '', state.params))
  return [weights, ...momentFiles(trained, state)]
}

/** The moments of a state, where it has any. */
export function momentFiles(trained: readonly ParameterSpec[], { m, v }: SessionState): CheckpointFile[] {
  if (!m || !v) return []
  return [tensorFile(OPTIM_FILE, [...named(trained, 'm.', m), ...named(trained, 'v.', v)])]
}

interface NamedTensor {
  name: string
  shape: readonly number[]
  data: Float32Array
}

/** Tensors as a safetensors file. */
export function tensorFile(name: string, tensors: readonly NamedTensor[]): CheckpointFile {
  const data = new Map(tensors.map((tensor) => [tensor.name, tensor.data]))
  const layout = safetensorsHeader(tensors.map(({ name, shape }) => ({ name, dtype: 'F32', shape: [...shape] })))
  return { name, bytes: layout.totalBytes, parts: () => safetensorsParts(layout, (entry) => data.get(entry.name)!) }
}

function named(table: readonly ParameterSpec[], prefix: string, map: TensorMap): NamedTensor[] {
  return table.map(({ name, shape }) => {
    const data = map.get(name)
    if (!data) throw new Error(`${name} is missing in what is to be saved`)
    return { name: prefix + name, shape, data }
  })
}

/** The parameters in a model.safetensors. Throws 'corrupt' when it is damaged or holds another model. */
export function readModelFile(bytes: Uint8Array, table: readonly ParameterSpec[]): TensorMap {
  return tensors(bytes, table, '', MODEL_FILE)
}

/** Both moments in an optim.safetensors; likewise. */
export function readOptimFile(bytes: Uint8Array, table: readonly ParameterSpec[]): { m: TensorMap; v: TensorMap } {
  return { m: tensors(bytes, table, 'm.', OPTIM_FILE), v: tensors(bytes, table, 'v.', OPTIM_FILE) }
}

function tensors(bytes: Uint8Array, table: readonly ParameterSpec[], prefix: string, name: string): TensorMap {
  const stored = readSafetensors(bytes).tensors
  return new Map(
    table.map((spec) => {
      const tensor = stored.get(prefix + spec.name)
      if (tensor && tensor.shape.join() === spec.shape.join()) return [spec.name, toFloat32(tensor)]
      throw new AppError({
        code: 'corrupt',
        message: `${name}: ${prefix}${spec.name} ${tensor ? `has shape [${tensor.shape.join(', ')}]` : 'is missing'}; [${spec.shape.join(', ')}] was expected.`,
        hint: 'The file belongs to another architecture, or was changed.',
      })
    }),
  )
}
