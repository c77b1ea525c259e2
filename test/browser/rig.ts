import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { waitFor } from '../../sandbox/demo/client.ts'
import { type RunningDemo, startDemo } from '../support/service/demo.ts'

/** A demo, a line to it that can be cut, and Debian's chromium. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
// The shell is the same engine without a desktop's window: a context with its first page takes 1.1 CPU
// seconds in place of 2.3.
export const CHROMIUM = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync)
export const LEFT_OUT = CHROMIUM === undefined ? ' [needs chromium at /usr/bin]' : ''
export const hasBrowser = CHROMIUM !== undefined

export interface Rig {
  demo: RunningDemo
  browser: Browser
  /** Where the pages go: through the line. */
  url: string
  line: Line
  close(): Promise<void>
}

export async function launchBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('no chromium')
  return chromium.launch({
    executablePath: CHROMIUM,
    // Root in a container has no sandbox. Without hints the shell's texts are as wide as Chromium's.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    env: { ...process.env, FONTCONFIG_FILE: join(ROOT, 'test/browser/fonts.conf') },
  })
}

/** Makes a tenant by the operator's key in `dataDir`. @returns the hash of its first owner's invitation */
export async function inviteOwner(url: string, dataDir: string, email: string): Promise<string> {
  const key = (await readFile(join(dataDir, '.data', 'operator-key'), 'utf8')).trim()
  const call = async (path: string, body: object) => {
    const response = await fetch(`${url}/v1/admin${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (response.status !== 201) throw new Error(`${path}: ${response.status}`)
    return (await response.json()) as { id: string; url: string }
  }
  const { id } = await call('/tenants', { name: '星空商店', emails: [email], status: 'active' })
  return new URL((await call(`/tenants/${id}/invitations`, { email })).url).hash
}

export async function startRig(): Promise<Rig> {
  // One after the other: a browser's connections take ports, and the demo's was only free a moment ago.
  const demo = await startDemo()
  const browser = await launchBrowser()
  const line = await openLine(Number(new URL(demo.url).port))
  await takeExamplesAway(demo)
  return {
    demo,
    browser,
    line,
    url: `http://127.0.0.1:${line.port}`,
    async close() {
      await browser.close()
      await line.cut()
      await demo.stop()
    },
  }
}

/** What the demo holds for the examples of the API, and no shop has: its pictures are of a shop's morning. */
async function takeExamplesAway({ url, apiKey }: RunningDemo): Promise<void> {
  const call = async (path: string, method = 'GET', tries = 20): Promise<Response> => {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}` },
    })
    // A demo that is just beginning says that it is busy.
    if (response.status === 503 && tries > 1) return call(path, method, tries - 1)
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`)
    return response
  }
  for (const [path, of, name] of [
    ['/shops', 'shops', '削除してよい店舗'],
    ['/mailboxes', 'mailboxes', '削除してよい受信箱'],
    ['/notice-channels', 'channels', '社内チャット'],
    ['/webhooks', 'webhooks', '基幹システム'],
    ['/api-keys', 'apiKeys', '取り消してよいキー'],
  ] as const) {
    const all = (await (await call(path)).json()) as Record<string, { id: string; name: string }[]>
    for (const one of all[of] ?? []) if (one.name === name) await call(`${path}/${one.id}`, 'DELETE')
  }
}

interface Line {
  port: number
  cut(): Promise<void>
  mend(): Promise<void>
  /** Passes nothing on and ends nothing, as a proxy or a radio link that hangs. */
  stall(): void
  go(): void
}

/**
 * Passes bytes on to a port until it is cut: to a browser a stopped server, which comes back at the same
 * address.
 */
async function openLine(target: number): Promise<Line> {
  const open = new Set<Socket>()
  let server: Server | null = null
  let port = 0
  let stalled = false
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server = createServer((from) => {
        const to = connect(target, '127.0.0.1')
        for (const [one, other] of [
          [from, to],
          [to, from],
        ] as const) {
          open.add(one)
          one.on('error', () => other.destroy())
          one.on('close', () => {
            open.delete(one)
            other.destroy()
          })
          one.on('data', (bytes) => {
            if (!stalled) other.write(bytes)
          })
          one.on('end', () => stalled || other.end())
        }
      })
      server.on('error', reject)
      server.listen(port, '127.0.0.1', () => {
        const address = server?.address()
        if (typeof address === 'object' && address) port = address.port
        resolve()
      })
    })
  await listen()
  return {
    get port() {
      return port
    },
    async cut() {
      const ended = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
      for (const socket of open) socket.destroy()
      await ended
    },
    mend: listen,
    stall() {
      stalled = true
    },
    go() {
      stalled = false
      // Bytes were dropped: what was open is of no use any more.
      for (const socket of open) socket.destroy()
    },
  }
}

export interface Visitor {
  page: Page
  context: BrowserContext
  /** What the browser complained of: errors of the page, breaches of its policy, other hosts. */
  complaints: string[]
  close(): Promise<void>
}

interface Looks {
  width?: number
  height?: number
  dark?: boolean
}

export const WIDE = { width: 1440, height: 900 } as const
export const PHONE = { width: 360, height: 740 } as const

export async function visit(
  rig: Rig,
  { width = 1440, height = 900, dark = false }: Looks = {},
): Promise<Visitor> {
  const context = await rig.browser.newContext({
    viewport: { width, height },
    locale: 'ja-JP',
    colorScheme: dark ? 'dark' : 'light',
    // Pictures are taken of what stands still.
    reducedMotion: 'reduce',
    // Another one than Japan's: times are Japan's wherever the browser stands.
    timezoneId: 'America/New_York',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // Answers with a status are what the page asks about on purpose.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(rig.url) && !request.url().startsWith('data:'))
      complaints.push(request.url())
  })
  return { page, context, complaints, close: () => context.close() }
}

export async function enterDemo(rig: Rig, looks: Looks = {}): Promise<Visitor> {
  const visitor = await visit(rig, looks)
  // Most begin at the list; signed in at its address, a page is loaded once.
  await visitor.page.goto(`${rig.url}/board/orders?status=ready_to_ship&toShip=true&hold=false&sort=shipBy`)
  await visitor.page.getByRole('button', { name: 'デモに入る' }).click()
  await visitor.page.getByRole('grid').waitFor()
  return visitor
}

/** Finds a simulated mall's control address by the place at which the demo names it. */
function controlOf(rig: Rig, what: 'orders' | 'faults' | `orders/${string}/cancel`, mall = 0): string {
  const [, control] =
    [...rig.demo.output().matchAll(/curl -X POST (http:\S+\/_control\/)orders/g)][mall] ?? []
  if (!control) throw new Error('the demo printed no address to place orders at')
  return control + what
}

/** Makes the mall fail until it is called with none. */
export async function failMall(
  rig: Rig,
  faults: readonly { kind: string; operation?: string }[],
  mall = 0,
): Promise<void> {
  const { ok, status } = await fetch(controlOf(rig, 'faults', mall), {
    method: 'PUT',
    body: JSON.stringify(faults),
  })
  if (!ok) throw new Error(`the mall takes no faults: ${status}`)
}

/** Places orders at a simulated mall; its mails and imports follow by themselves. */
export async function placeOrders(rig: Rig, count = 1, more: object = {}, mall = 0): Promise<string[]> {
  const text = await placing(rig, { count, ...more }, controlOf(rig, 'orders', mall))
  return [...text.matchAll(/"orderNumber":"([^"]+)"/g)].map(([, number]) => number ?? '')
}

interface OwnOrder {
  id: string
  orderNumber: string
  shopId: string
}

/**
 * A test's own orders in 新規受付, which nothing keeps from leaving: what the demo has was drawn, and what other
 * tests left is theirs.
 */
export async function newOrders(rig: Rig, count = 1, more: object = {}, mall = 0): Promise<OwnOrder[]> {
  const placed = await placeOrders(rig, count, { readyToShip: true, ...more }, mall)
  const orders: OwnOrder[] = []
  for (const number of placed) {
    const read = () => readApi<{ orders: OwnOrder[] }>(rig, `/orders?number=${number}`)
    const limits = { everyMs: 250, limitMs: 60_000 }
    orders.push(
      ...(await waitFor(`the order ${number}`, read, (list) => list.orders.length === 1, limits)).orders,
    )
  }
  await readApi(rig, '/orders/move', { orderIds: orders.map(({ id }) => id), to: 'new' })
  return orders
}

/** The buyer cancels an order of the first mall, which mails it. */
export const cancelOrder = (rig: Rig, orderNumber: string): Promise<string> =>
  placing(rig, {}, controlOf(rig, `orders/${encodeURIComponent(orderNumber)}/cancel`))

/** Places as many at each of the malls that the demo names first. */
export async function placeEverywhere(rig: Rig, counts: readonly number[], more: object = {}): Promise<void> {
  const malls = [...rig.demo.output().matchAll(/curl -X POST (http:\S+\/_control\/orders)/g)]
  if (malls.length < counts.length) throw new Error(`the demo names ${malls.length} malls`)
  for (const [index, count] of counts.entries()) await placing(rig, { count, ...more }, malls[index]?.[1])
}

async function placing(rig: Rig, body: object, url = controlOf(rig, 'orders')): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`the mall takes no order: ${response.status} ${await response.text()}`)
  return response.text()
}

/** Says who sends by the tool of this format, and more of its settings. */
export async function setSender(rig: Rig, format = 'yamato_b2', more: object = {}): Promise<void> {
  const sender = {
    name: '取込商店',
    postalCode: '1000001',
    address: '東京都千代田区千代田1-1',
    phone: '03-1234-5678',
  }
  const { ok, status } = await fetch(`${rig.demo.url}/v1/labels/settings`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${rig.demo.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ format, settings: { sender, goodsName: '衣類', ...more } }),
  })
  if (!ok) throw new Error(`the settings of ${format} are not taken: ${status}`)
}

export async function readApi<T>(rig: Rig, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${rig.demo.url}/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${rig.demo.apiKey}`,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

/**
 * A person's hand, which counts. What is pasted is a click and two keys; a choice of a list is two clicks.
 */
export function handOf(page: Page) {
  const count = { clicks: 0, keys: 0 }
  const press = async (keys: string) => {
    await page.keyboard.press(keys)
    count.keys++
  }
  /**
   * Tab, or back by Shift+Tab, until this has the focus; a person without a mouse would give up later than
   * this.
   */
  const to = async (place: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab') => {
    await place.waitFor()
    for (let presses = 0; presses < 60; presses++) {
      if ((await place.and(page.locator(':focus')).count()) > 0) return
      await press(key)
    }
    const at = await page.evaluate<string>('document.activeElement.outerHTML.slice(0, 200)')
    throw new Error(`${key} never came to ${place}, but to ${at}`)
  }
  return {
    count,
    press,
    to,
    /** A choice of a list, by its arrows. */
    async pick(place: Locator, label: string, key: 'Tab' | 'Shift+Tab' = 'Tab') {
      await to(place, key)
      const labels = await place.locator('option').allTextContents()
      const chosen = async () => labels.indexOf((await place.locator('option:checked').textContent()) ?? '')
      const [at, wanted] = [await chosen(), labels.indexOf(label)]
      if (wanted < 0) throw new Error(`no choice ${label} of ${labels}`)
      for (let step = at; step !== wanted; step += Math.sign(wanted - at))
        await press(wanted > at ? 'ArrowDown' : 'ArrowUp')
      if ((await chosen()) !== wanted) throw new Error(`the arrows chose ${labels[await chosen()]}`)
    },
    /** What a sheet has on the clipboard. */
    async pasteCells(text: string) {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
      await press('ControlOrMeta+v')
    },
    /** By its name, of the palette. */
    async open(name: string) {
      await press('ControlOrMeta+k')
      await page.getByRole('combobox', { name: '操作や画面の名前' }).waitFor()
      await page.keyboard.type(name)
      count.keys += name.length
      await press('Enter')
    },
    async click(place: Locator) {
      await place.click()
      count.clicks++
    },
    async type(place: Locator, text: string) {
      await place.click()
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.type(text)
      count.clicks++
      count.keys += text.length
    },
    async paste(place: Locator, text: string) {
      // A date is picked.
      if ((await place.getAttribute('type')) === 'date') await place.fill(text)
      else {
        await place.click()
        await page.keyboard.press('ControlOrMeta+a')
        await page.keyboard.insertText(text)
      }
      count.clicks++
      count.keys += 2
    },
    async choose(place: Locator, label: string) {
      await place.selectOption({ label })
      count.clicks += 2
    },
  }
}

/**
 * Goes on by Tab until what has the focus matches; a person without a mouse would give up later than this.
 */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to ${selector}`)
}

const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  violations: { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }[]
}

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] as const

/** Findings of axe that are serious or critical, by the rules of WCAG 2.2 AA or by those of these names. */
export async function seriousFindings(
  page: { evaluate<T>(expression: string): Promise<T> },
  runOnly: readonly string[] = WCAG,
): Promise<string[]> {
  await page.evaluate(`(() => { ${AXE} })()`)
  const { violations } = await page.evaluate<AxeResult>(
    `axe.run(document, { runOnly: ${JSON.stringify(runOnly)} })`,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary ?? ''}`)
}

/** Kept for docs/board.md when SCREENSHOTS is set, so that a usual run changes no file. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.SCREENSHOTS) return
  await page.screenshot({ path: join(ROOT, 'docs/images', `${name}.png`) })
}
