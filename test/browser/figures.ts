import type { CDPSession, Page } from 'playwright-core'
import { enterDemo, placeOrders, type Rig, readApi, startRig, visit } from './rig.ts'

/**
 * Figures of the board for docs/performance.md, on the demo: `node test/browser/figures.ts`, or some of them
 * by a word of their names. Long lists are made of one real order; what is measured is the browser, as the
 * API has its own bench.
 */

/** A stream that the page's own code listens to, and events that the page tells itself. */
const STREAM = `window.EventSource = class extends EventTarget {
  static CLOSED = 2
  readyState = 1
  constructor() { super(); window.stream = this; setTimeout(() => this.tell('ready', {})) }
  tell(kind, data) { this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) })) }
  close() {}
}`

/** Lists of any length, a page of a hundred each. */
const idOf = (at: number) => `00000000-0000-7000-8000-${String(at).padStart(12, '0')}`
const EMPTY = { nextCursor: null, total: null, totalIsCapped: false, due: null }

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
    ['storm: 10,000 loaded orders and 20 events a second', () => storm(rig)],
    ['slow line: 400 kbit/s, 200 ms, cold cache', () => slowLine(rig)],
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

async function fakeList(
  of: Rig,
  page: Page,
  count: number,
  onAsked?: (query: URLSearchParams) => void,
): Promise<void> {
  let told = 0
  const { orders } = await readApi<{ orders: { id: string; orderNumber: string; orderedAt: string }[] }>(
    of,
    '/orders?status=new&detail=true&limit=1',
  )
  const [one] = orders
  if (!one) throw new Error('the demo has no order')
  await page.route('**/v1/orders?*', (route) => {
    const asked = new URL(route.request().url()).searchParams
    const row = (at: number, more = '') => ({
      ...one,
      id: idOf(at),
      orderedAt: new Date(Date.parse(one.orderedAt) - at * 60_000).toISOString(),
      orderNumber: `${one.orderNumber}-${at}${more}`,
    })
    if (onAsked) onAsked(asked)
    const ids = asked.get('ids')?.split(',')
    if (ids) {
      told++
      // The demo goes on: orders of its own are none of this list.
      const orders = ids
        .filter((id) => idOf(Number(id.slice(-12))) === id)
        .map((id) => row(Number(id.slice(-12)), ` ${told}`))
      return route.fulfill({ json: { ...EMPTY, orders } })
    }
    const from = Number(asked.get('cursor') ?? 0)
    const most = Number(asked.get('limit') ?? 100)
    const rows = Array.from({ length: Math.min(most, count - from) }, (_, index) => row(from + index))
    const next = from + rows.length < count ? String(from + rows.length) : null
    return route.fulfill({
      json: { ...EMPTY, orders: rows, nextCursor: next, total: count },
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

/** What the page's scripts hold, in MiB. */
async function heapOf(page: CDPSession): Promise<number> {
  await page.send('HeapProfiler.collectGarbage')
  const { metrics } = await page.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0) / 1024 / 1024
}

async function memory(of: Rig): Promise<string> {
  const { page, context, close } = await enterDemo(of)
  const heap = await context.newCDPSession(page)
  const used = () => heapOf(heap)
  await heap.send('Performance.enable')
  const [order] = (
    await readApi<{ orders: { id: string; shopId: string; orderNumber: string }[] }>(of, '/orders?limit=1')
  ).orders
  const data = JSON.stringify({
    orderId: order?.id,
    shopId: order?.shopId,
    orderNumber: order?.orderNumber,
    what: ['moved'],
    status: 'new',
    changeState: 'none',
    mallState: 'open',
    version: 2,
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

async function storm(of: Rig): Promise<string> {
  const { page, context, close } = await enterDemo(of)
  const asked: URLSearchParams[] = []
  await fakeList(of, page, 10_000, (query) => asked.push(query))
  await page.addInitScript(STREAM)
  await page.goto(`${of.url}/board/orders?status=new`)
  await page.locator('.grid-line').first().waitFor({ state: 'attached' })
  await page.evaluate(`new Promise((resolve) => {
    const grid = document.querySelector('[role=grid]')
    const down = setInterval(() => {
      grid.scrollTop = grid.scrollHeight
      if (grid.scrollHeight < 10000 * 38) return
      clearInterval(down)
      resolve()
    }, 20)
  })`)
  const heap = await context.newCDPSession(page)
  const used = () => heapOf(heap)
  await heap.send('Performance.enable')
  const loaded = await used()
  asked.length = 0
  const { frames, seen } = await page.evaluate<{
    frames: number[]
    seen: number[]
  }>(`new Promise((resolve) => {
    const grid = document.querySelector('[role=grid]')
    grid.scrollTop = 0
    const id = (at) => '00000000-0000-7000-8000-' + String(at).padStart(12, '0')
    const tell = (at) => stream.tell('order', { orderId: id(at), what: ['edited'], status: 'new', changeState: 'none', mallState: 'open' })
    const frames = []
    const seen = []
    let last = performance.now()
    const end = last + 20000
    let n = 0
    const events = setInterval(() => tell(500 + ((n += 37) % 9000)), 50)
    const first = () => document.querySelector('.grid-line .number')?.textContent
    let waiting = null
    const frame = (now) => {
      frames.push(now - last)
      last = now
      // The last second is still: an event of a row in sight is waited for.
      if (now < end) { grid.scrollTop += 40; requestAnimationFrame(frame); return }
      clearInterval(events)
      resolveSeen()
    }
    const resolveSeen = async () => {
      grid.scrollTop = 0
      for (let run = 0; run < 10; run++) {
        await new Promise((next) => setTimeout(next, 1200))
        const before = first()
        const began = performance.now()
        tell(0)
        while (first() === before) await new Promise((next) => requestAnimationFrame(next))
        seen.push(performance.now() - began)
      }
      resolve({ frames: frames.slice(2), seen })
    }
    requestAnimationFrame(frame)
  })`)
  const byId = asked.filter((query) => query.has('ids')).length
  const after = await used()
  await close()
  const sorted = [...frames].sort((a, b) => a - b)
  return (
    `${loaded.toFixed(0)} MiB loaded, ${after.toFixed(0)} after, ${asked.length} list requests in 32 s (${byId} by id), frames p95 ` +
    `${(sorted[Math.floor(sorted.length * 0.95)] ?? 0).toFixed(0)} ms, a change seen ${spread(seen)}`
  )
}

async function slowLine(of: Rig): Promise<string> {
  const { context, close } = await enterDemo(of)
  const state = await context.storageState()
  await close()
  const fresh = await visit(of)
  await fresh.context.addCookies(state.cookies)
  const line = await fresh.context.newCDPSession(fresh.page)
  const kbit = (400 * 1024) / 8
  await line.send('Network.enable')
  await line.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 200,
    downloadThroughput: kbit,
    uploadThroughput: kbit,
  })
  const began = performance.now()
  await fresh.page.goto(`${of.url}/board/orders?status=new`, { waitUntil: 'commit' })
  await fresh.page.locator('.grid-line').first().waitFor({ state: 'attached' })
  const row = performance.now() - began
  const paint = await fresh.page.evaluate<number>(
    `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1`,
  )
  await fresh.close()
  return `something to look at ${paint.toFixed(0)} ms, first row ${row.toFixed(0)} ms`
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (part: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(0)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}
