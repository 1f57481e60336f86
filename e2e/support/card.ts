import type { Page } from '@playwright/test'
import { REPORT_VERSION } from '../../src-renderer/src/engine/webgpu/autotune/report.ts'
import { direct, tileName } from '../../src-renderer/src/engine/webgpu/tuning.ts'

/** What the engine is told that it found out about the card before: timing a card's kernels on a software adapter takes minutes. */
const variant = tileName(direct(4, 1, 16, 8))
const choices = ['Large matrix products', 'Small matrix products'].map((shapes) => ({ shapes, variant, timings: [] }))
const tuned = JSON.stringify({
  version: REPORT_VERSION,
  report: { origin: 'measured', because: '', choices, checks: [], quirks: [] },
})

/**
 * Makes the engine of `page` take the software adapter for a graphics card, one that can be asked for `times` times and is never there
 * again. Before the page is opened.
 */
export async function pretendCard(page: Page, times: number): Promise<void> {
  const disguise = `
    let asked = 0
    const requestAdapter = GPU.prototype.requestAdapter
    GPU.prototype.requestAdapter = async function (options) {
      if (++asked > ${times}) return null
      const adapter = await requestAdapter.call(this, options)
      const info = { vendor: 'acme', architecture: '', device: '', description: 'Test Card', isFallbackAdapter: false }
      return Object.defineProperty(adapter, 'info', { value: info })
    };
    const toMain = self.fetch
    self.fetch = (input, init) =>
      String(input).endsWith('/tuning.get')
        ? Promise.resolve(Response.json(${JSON.stringify({ text: tuned })}))
        : toMain(input, init);
  `
  await page.route(/\/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: disguise + (await response.text()) })
  })
}
