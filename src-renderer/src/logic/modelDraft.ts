import type { GptConfig } from '@shared/model/config.ts'
import { PRESETS, presetConfig, type PresetId } from '@shared/model/presets.ts'

export type SizeId = PresetId | 'custom'

/** The preset whose shape a config has, whatever its vocabulary; 'custom' when it is none's. */
export function sizeOf(config: GptConfig): SizeId {
  const found = PRESETS.find(({ shape }) =>
    (Object.keys(shape) as (keyof typeof shape)[]).every((key) => shape[key] === config[key]),
  )
  return found?.id ?? 'custom'
}

/** The config after the size dial was turned: a preset's shape, or the present one to be changed by hand. */
export function withSize(config: GptConfig, size: SizeId): GptConfig {
  return size === 'custom' ? config : presetConfig(size, config.vocabSize)
}
