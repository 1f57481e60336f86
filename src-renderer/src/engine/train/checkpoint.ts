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

/** Parameters under their Hugging Face names, and where `state` has them the moments as `m.<name>` and `v.<name>`. */
export function checkpointFiles(table: ParameterSpec[], state: SessionState): CheckpointFile[] {
  const { params, m, v } = state
  const files = [file(MODEL_FILE, table, { '': params })]
  if (m && v) files.push(file(OPTIM_FILE, table, { 'm.': m, 'v.': v }))
  return files
}

/** The parameters in a model.safetensors. Throws 'corrupt' when it is damaged or holds another model. */
export function readModelFile(bytes: Uint8Array, table: ParameterSpec[]): TensorMap {
  return tensors(bytes, table, '', MODEL_FILE)
}

/** Both moments in an optim.safetensors; likewise. */
export function readOptimFile(bytes: Uint8Array, table: ParameterSpec[]): { m: TensorMap; v: TensorMap } {
  return { m: tensors(bytes, table, 'm.', OPTIM_FILE), v: tensors(bytes, table, 'v.', OPTIM_FILE) }
}

function file(name: string, table: ParameterSpec[], maps: Record<string, TensorMap>): CheckpointFile {
  const data = new Map<string, Float32Array>()
  const entries = Object.entries(maps).flatMap(([prefix, map]) =>
    table.map((spec) => {
      const values = map.get(spec.name)
      if (!values) throw new Error(`${spec.name} is missing in what is to be saved`)
      data.set(prefix + spec.name, values)
      return { name: prefix + spec.name, dtype: 'F32', shape: spec.shape } as const
    }),
  )
  const layout = safetensorsHeader(entries)
  return { name, bytes: layout.totalBytes, parts: () => safetensorsParts(layout, (entry) => data.get(entry.name)!) }
}

function tensors(bytes: Uint8Array, table: ParameterSpec[], prefix: string, name: string): TensorMap {
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
