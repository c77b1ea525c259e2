import { kept } from './kept.ts'
import { filtersOf, pageQuery } from './list/order-query.ts'

/**
 * The first screen's questions, asked before its code is there: a small script of its own, which runs while
 * the page is still being loaded. Each answer is handed to whoever asks the same first, and to nobody later.
 */

/** Key for the last sign-in: set when it was an operator's. */
export const OPERATOR = 'operator'

const KEPT_MS = 10_000
const asked = new Map<string, Promise<Response>>()

/** Path and conditions, in whatever order somebody writes them. */
function keyOf(address: string): string {
  const { pathname, searchParams } = new URL(address, 'http://here')
  searchParams.sort()
  return `${pathname}?${searchParams}`
}

/** Lists the first requests at this address of a browser that holds a session. */
function questionsOf(path: string, search: string): string[] {
  const asks = ['/v1/session', '/v1/board', '/v1/marketplaces', '/v1/views?counts=true']
  const list = path === '/board/orders' ? search : null
  // The words of marks stand on the list and on an order.
  if (list === null) return path.startsWith('/board/orders/') ? [...asks, '/v1/marks'] : asks
  const page = Object.entries(pageQuery(filtersOf(list), ''))
  return [
    ...asks,
    '/v1/marks',
    `/v1/orders?${new URLSearchParams(page.map(([name, one]) => [name, `${one}`]))}`,
  ]
}

/** Names the screens of an address whose files are known ahead of the page's code. */
function screensAt(path: string): string[] {
  if (path === '/board/orders') return ['orders']
  if (path.startsWith('/board/orders/')) return ['orders', 'order']
  return path === '/board' || path === '/board/' ? ['home'] : []
}

/** Loads the files of a screen beside the page's code, which would name them only once it runs. */
function preload(screen: string): void {
  const files = document.querySelector<HTMLMetaElement>(`meta[name="files-${screen}"]`)?.content
  for (const file of files?.split(' ') ?? []) {
    const link = document.createElement('link')
    Object.assign(link, { rel: 'modulepreload', crossOrigin: '', href: file })
    document.head.append(link)
  }
}

function askEarly(): void {
  const { pathname, search, hash } = location
  // A link of a mail begins with something else; an operator has no orders.
  const holdsSession = document.documentElement.dataset.session === 'yes' && hash === ''
  const hasOrders = holdsSession && kept(OPERATOR) === null
  const screens = hasOrders ? screensAt(pathname) : []
  for (const screen of holdsSession ? screens : ['sign-in']) preload(screen)
  const asks = hasOrders ? questionsOf(pathname, search) : ['/v1/session']
  if (!holdsSession && hash === '') asks.push('/v1/session/ways')
  for (const address of asks) {
    const answer = fetch(address, { credentials: 'same-origin', signal: abortAfter(READ_LIMIT_MS).signal })
    answer.catch(() => asked.delete(keyOf(address)))
    asked.set(keyOf(address), answer)
  }
  setTimeout(() => asked.clear(), KEPT_MS)
}

/** A stalled line neither answers nor refuses; writing many orders takes longer than any read. */
const READ_LIMIT_MS = 20_000
const WRITE_LIMIT_MS = 60_000

/** `fetch` with a time limit, and with what was asked early. */
export function fetchOnce(input: Request | string, init?: RequestInit): Promise<Response> {
  const [address, method] =
    typeof input === 'string' ? [input, init?.method ?? 'GET'] : [input.url, input.method]
  const early = method === 'GET' ? asked.get(keyOf(address)) : undefined
  asked.delete(keyOf(address))
  if (early) return early
  return fetch(input, {
    ...init,
    signal: abortAfter(method === 'GET' ? READ_LIMIT_MS : WRITE_LIMIT_MS).signal,
  })
}

/** By a timer of the page, which a test can hold; `AbortSignal.timeout` has one of the browser's own. */
export function abortAfter(ms: number): { signal: AbortSignal; lift(): void } {
  const controller = new AbortController()
  const limit = setTimeout(() => controller.abort(new DOMException('no answer in time', 'TimeoutError')), ms)
  return { signal: controller.signal, lift: () => clearTimeout(limit) }
}

if (typeof document !== 'undefined') askEarly()
