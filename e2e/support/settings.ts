import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Sets what a studio opened on `dataDir` trains on, as the device dialog would; the software adapter is used only where it is chosen. */
export function chooseBackend(dataDir: string, backend: 'auto' | 'webgpu' | 'cpu'): void {
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ theme: 'system', backend, cpuThreads: null }))
}
