import type { Page } from 'playwright-core'
import { enterDemo, placeOrders, type Rig, readApi, startRig, visit } from './rig.ts'

/**
 * Figures of the board for docs/performance.md, on the demo: `node test/browser/figures.ts`, or some of them by a word of their names. Long lists are made of one real
 * order; what is measured is the browser, as the API has its own bench.
 */

const rig = await startRig()
try {
  const show = (name: string, value: string) => process.stdout.write(`${name.padEnd(60)} ${value}\n`)
  const figures: [string, () => Promise<string>][] = [
    ['first load, cold cache, until the first row', () => firstLoad(rig)],
    ...[100, 1_000, 10_000].map((count): [string, () => Promise<string>] => [
      `list of ${count}, scrolled to its end`,
      () => scroll(rig, count),
    ]),
    ['list of 10000 at 3840 × 2160', () => scroll(rig, 10_000, { width: 3840, height: 2160 })],
    ['from placing an order at the mall to its row, 40 orders', () => untilRow(rig, 40)],
    ['memory after 20,000 events', () => memory(rig)],
  ]
  const [, , word = ''] = process.argv
  for (const [name, measure] of figures) if (name.includes(word)) show(name, await measure())
} finally {
  await rig.close()
}

async function firstLoad(of: Rig): Promise<string> {
  const { context, close } = await enterDemo(of)
  const state = await context.storageState()
  await close()
  const times: number[] = []
  for (let run = 0; run < 7; run++) {
    const fresh = await visit(of)
    await fresh.context.addCookies(state.cookies)
    const began = performance.now()
    await fresh.page.goto(`${of.url}/board/orders?status=new`)
    await fresh.page.locator('.grid-line').first().waitFor({ state: 'attached' })
    times.push(performance.now() - began)
    await fresh.close()
  }
  return spread(times)
}

/** Lists of any length, a page of a hundred each. */
async function fakeList(of: Rig, page: Page, count: number): Promise<void> {
  const { orders } = await readApi<{ orders: { id: string; orderNumber: string }[] }>(
    of,
    '/orders?status=new&detail=true&limit=1',
  )
  const [one] = orders
  if (!one) throw new Error('the demo has no order')
  await page.route('**/v1/orders?*', (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0)
    const rows = Array.from({ length: Math.min(100, count - from) }, (_, index) => ({
      ...one,
      id: `00000000-0000-7000-8000-${String(from + index).padStart(12, '0')}`,
      orderNumber: `${one.orderNumber}-${from + index}`,
    }))
    const next = from + rows.length < count ? String(from + rows.length) : null
    return route.fulfill({
      json: { orders: rows, nextCursor: next, total: count, totalIsCapped: false },
    })
  })
}

async function scroll(of: Rig, count: number, looks = {}): Promise<string> {
  const { page, close } = await enterDemo(of, looks)
  await fakeList(of, page, count)
  const began = performance.now()
  await page.goto(`${of.url}/board/orders?status=new`)
  await page.locator('.grid-line').first().waitFor({ state: 'attached' })
  const first = performance.now() - began
  // So far that the longest list takes three hundred frames.
  const step = Math.max(400, (count * 38) / 300)
  const frames = await page.evaluate<number[]>(`new Promise((resolve) => {
    const grid = document.querySelector('[role=grid]')
    const frames = []
    let last = performance.now()
    let still = 0
    const frame = (now) => {
      frames.push(now - last)
      last = now
      const before = grid.scrollTop
      grid.scrollTop += ${step}
      still = grid.scrollTop === before ? still + 1 : 0
      if (still > 90) resolve(frames.slice(1, -90))
      else requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })`)
  const rows = await page.evaluate('document.querySelectorAll(".grid-line").length')
  await close()
  const slow = frames.filter((ms) => ms > 34).length
  return `first row ${first.toFixed(0)} ms, frames ${spread(frames)}, ${slow} of ${frames.length} over 34 ms, ${rows} rows drawn`
}

async function untilRow(of: Rig, count: number): Promise<string> {
  const { page, close } = await enterDemo(of)
  await page.goto(`${of.url}/board/orders`)
  await page.locator('.grid-line').first().waitFor({ state: 'attached' })
  const times: number[] = []
  for (let run = 0; run < count; run++) {
    const began = performance.now()
    const [number = ''] = await placeOrders(of)
    await page.locator('.grid-line', { hasText: number }).waitFor({ state: 'attached' })
    times.push(performance.now() - began)
  }
  await close()
  return spread(times)
}

async function memory(of: Rig): Promise<string> {
  const { page, context, close } = await enterDemo(of)
  const heap = await context.newCDPSession(page)
  const used = async (): Promise<number> => {
    await heap.send('HeapProfiler.collectGarbage')
    const { metrics } = await heap.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0) / 1024 / 1024
  }
  await heap.send('Performance.enable')
  const [order] = (
    await readApi<{ orders: { id: string; shopId: string; orderNumber: string }[] }>(of, '/orders?limit=1')
  ).orders
  const data = JSON.stringify({
    ...{ orderId: order?.id, shopId: order?.shopId, orderNumber: order?.orderNumber, what: ['moved'] },
    ...{ status: 'new', changeState: 'none', mallState: 'open', version: 2 },
  })
  const before = await used()
  const body = `event: ready\ndata: {}\n\n${Array.from({ length: 20_000 }, (_, id) => `id: ${id}\nevent: order\ndata: ${data}\n\n`).join('')}`
  await page.route(
    '**/v1/events',
    (route) => route.fulfill({ contentType: 'text/event-stream', body }),
    // The stream that comes after it is the real one.
    { times: 1 },
  )
  await page.reload()
  await page.locator('[role=grid]').waitFor()
  await page.waitForTimeout(15_000)
  const after = await used()
  await close()
  return `${before.toFixed(1)} MiB before, ${after.toFixed(1)} MiB after`
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (part: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(0)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}
