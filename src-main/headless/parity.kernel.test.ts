import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { readSafetensors, toFloat32, writeSafetensors } from '@shared/formats/safetensors.ts'
import type { BackendWish } from '@engine/worker/protocol.ts'
import { tuningFor } from '@engine/webgpu/tuning.ts'
import { nodeOpeners } from './engine-device.ts'
import { parityCommand } from './parity-command.ts'
import { shareWebGpu } from './testing/devices.ts'

const FIXTURES = join(import.meta.dirname, '../../src-renderer/src/engine/model/fixtures')
const names = readdirSync(FIXTURES, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
)
const work = mkdtempSync(join(tmpdir(), 'gradus-parity-'))
afterAll(() => rmSync(work, { recursive: true }))

const read = (folder: string, stem: string) =>
  readSafetensors(readFileSync(join(folder, `${stem}.safetensors`))).tensors

/** Largest and root mean square difference where `mask` is not 0, over the same of `expected` less `origin`. */
function compare(got: Float32Array, want: Float32Array, origin?: Float32Array, mask?: Uint8Array) {
  let [largest, size, squares, moved] = [0, 0, 0, 0]
  for (let i = 0; i < want.length; i++) {
    if (mask?.[i] === 0) continue
    const difference = got[i]! - want[i]!
    largest = Math.max(largest, Math.abs(difference))
    size = Math.max(size, Math.abs(want[i]!))
    squares += difference ** 2
    moved += (want[i]! - (origin?.[i] ?? 0)) ** 2
  }
  return {
    max: size > 1e-12 ? largest / size : largest,
    l2: moved > 0 ? Math.sqrt(squares / moved) : Math.sqrt(squares),
  }
}

/** The command's own ways, but for the device that all tests share. */
const openersFor = (wish: BackendWish) => ({ ...nodeOpeners(wish), webgpu: () => shareWebGpu(tuningFor(true)) })

const cases = names.flatMap((name) => ['webgpu', 'cpu'].map((backend) => [name, backend] as const))

describe.each(cases)('parity with PyTorch: %s on %s', (name, backend) => {
  const fixture = join(FIXTURES, name)
  const out = join(work, backend, name)
  const adapted = existsSync(join(fixture, 'adapter_model.safetensors'))

  it('runs', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {})
    expect(await parityCommand(['--fixture', fixture, '--out', out, '--backend', backend], openersFor)).toBe(0)
  })

  const values = ['forward', 'grads', ...(adapted ? ['adapter_model', 'merged', 'merged_after_003'] : [])]
  it.each(values)('%s', (stem) => {
    const got = read(out, stem)
    for (const [tensor, want] of read(fixture, stem)) {
      expect(got.get(tensor)?.shape, tensor).toEqual(want.shape)
      const { max } = compare(toFloat32(got.get(tensor)!), toFloat32(want))
      expect(max, tensor).toBeLessThan(stem === 'grads' ? 2e-5 : 1e-5)
    }
  })

  it.each(['after_001', 'after_003'])('%s', (stem) => {
    const [got, conditioned] = [read(out, stem), read(fixture, 'conditioned')]
    const start = new Map(
      [...read(fixture, adapted ? 'adapter_model' : 'model')].map(([name, t]) => [
        name.replace(/^base_model\.model\./, ''),
        t,
      ]),
    )
    for (const [tensor, want] of read(fixture, stem)) {
      // Where a gradient is all but zero, Adam blows its rounding up to a whole step.
      const mask = Uint8Array.from(conditioned.get(tensor)!.data)
      const { l2 } = compare(toFloat32(got.get(tensor)!), toFloat32(want), toFloat32(start.get(tensor)!), mask)
      expect(l2, tensor).toBeLessThan(1e-3)
    }
  })
})

it('continues prompts greedily, past the end of the context too', async () => {
  const folder = join(work, 'with-prompts')
  const out = join(work, 'continued')
  const source = join(FIXTURES, 'odd_untied')
  cpSync(source, folder, { recursive: true })
  const cases = [
    { prompt: [1, 2, 3], next_ids: new Array(15).fill(0) },
    { prompt: [4], next_ids: [0, 0] },
  ]
  writeFileSync(join(folder, 'decode.json'), JSON.stringify({ cases }))
  expect(await parityCommand(['--fixture', folder, '--out', out])).toBe(0)
  const got = JSON.parse(readFileSync(join(out, 'decode.json'), 'utf8')) as { cases: { next_ids: number[] }[] }
  expect(got.cases.map((c) => c.next_ids.length)).toEqual([15, 2])
  expect(read(out, 'decode').get('logits.0')!.shape).toEqual([15, 23])
})

it('says what is missing, and which adapter is none', async () => {
  const folder = mkdtempSync(join(work, 'lora-'))
  await expect(parityCommand(['--fixture', folder, '--out', work])).rejects.toThrow('model.safetensors is missing')
  cpSync(join(FIXTURES, 'odd_untied'), folder, { recursive: true })
  const adapter = writeSafetensors([{ name: 'a', dtype: 'F32', shape: [1], data: Float32Array.of(1) }])
  writeFileSync(join(folder, 'adapter_model.safetensors'), adapter)
  const running = () => parityCommand(['--fixture', folder, '--out', work])
  await expect(running()).rejects.toThrow('does not tell the alpha')
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify({ lora_alpha: 8 }))
  await expect(running()).rejects.toThrow('it holds no low-rank matrices')
})
