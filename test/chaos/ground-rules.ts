import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxWrite } from '../../sandbox/kit/types.ts'
import { keyOf } from './arrivals.ts'
import { checkFigures, figuresOf } from './check-figures.ts'
import type { Client } from './client.ts'
import type { Books } from './database.ts'
import { toRow } from './feed-clients.ts'
import type { Ground } from './ground.ts'
import { Figure, type History } from './history.ts'
import type { Hooks } from './hooks.ts'
import { CHAOS_MALLS } from './malls.ts'

/** What all runs on the same ground have in common. */

/** Settings of the service; the malls' quotas are off, so that a run is not mostly waiting. */
export const settingsFor = (wish: {
  operatorKey: string
  seed: number
  sweepSeconds: number
}): Record<string, string> => ({
  OPERATOR_API_KEY: wish.operatorKey,
  ENCRYPTION_KEYS: `chaos:${Buffer.alloc(32, wish.seed % 256).toString('base64')}`,
  DATABASE_CONNECTIONS: '10',
  SWEEP_INTERVAL_SECONDS: String(wish.sweepSeconds),
  RAKUTEN_REQUESTS_PER_SECOND: '1000',
  YAHOO_REQUESTS_PER_SECOND: '1000',
  AUPAY_REQUESTS_PER_SECOND: '1000',
})

/** The last lines of a history: what stands in the database and in the malls' own books. */
export async function noteEnd(history: History, books: Books, ground: Ground): Promise<void> {
  for (const { key: order, ...value } of await books.orders())
    history.note({ process: 'database', f: 'stored', type: 'ok', value: { order, ...value } })
  for (const value of await books.changes())
    history.note({ process: 'database', f: 'ended', type: 'ok', value })
  const { overdue, attention, givenUp } = await books.openWork()
  for (const [what, texts] of Object.entries({ overdue, attention, failed: givenUp }))
    for (const text of texts)
      history.note({
        process: 'database',
        f: 'open',
        type: 'ok',
        value: { what: what as 'overdue' | 'attention' | 'failed', text },
      })
  for (const value of await books.labels())
    history.note({ process: 'database', f: 'labelled', type: 'ok', value })
  for (const mall of CHAOS_MALLS) {
    const { writes } = (await ground.atMall(mall, 'GET', 'writes')) as { writes: SandboxWrite[] }
    for (const { orderNumber, operation, content = [] } of writes)
      history.note({
        process: mall,
        f: 'write',
        type: 'ok',
        value: { order: keyOf(mall, orderNumber), operation, content },
      })
    for (const { orderNumber, held, lines } of ground.malls[mall].stands?.() ?? []) {
      const order = keyOf(mall, orderNumber)
      if (held !== undefined) history.note({ process: mall, f: 'held', type: 'ok', value: { order, held } })
      if (lines) history.note({ process: mall, f: 'sent', type: 'ok', value: { order, lines } })
    }
  }
  history.note({ process: 'run', f: 'run', type: 'ok', value: {} })
}

/**
 * The feed as it lies in the database now: what a follower and a webhook have to have been told when they are
 * at rest; and what it has to tell of orders and changes.
 */
export async function noteLog(history: History, books: Books): Promise<void> {
  const { events, orders, changes } = await books.feed()
  for (const { place, kind, data } of events)
    history.note({ process: 'database', f: 'logged', type: 'ok', value: toRow(place, kind, data) })
  for (const value of orders) history.note({ process: 'database', f: 'order_then', type: 'ok', value })
  for (const value of changes) history.note({ process: 'database', f: 'change_then', type: 'ok', value })
}

/** Counts follow the feed once a minute. */
const COUNTED_LATEST_MS = 180_000
type ToldFigures = { figures: { shopId: string }[] }

/** Notes the figures by day once they say what the orders come to, or when their time for it is over. */
export async function noteFigures(history: History, client: Client, books: Books): Promise<void> {
  const until = Date.now() + COUNTED_LATEST_MS
  for (;;) {
    const stored = (await books.orders()).map(({ key: order, ...value }) => ({ order, ...value }))
    const days = [...figuresOf(stored).values()].map(({ day }) => day).toSorted()
    const path = `/figures?per=shop&from=${days[0]}&to=${days.at(-1)}`
    const told = days.length === 0 ? [] : (await client.get<ToldFigures>(path)).figures
    const figures = told.map(({ shopId: shop, ...row }) => Figure.parse({ shop, ...row }))
    if (checkFigures(stored, figures).length > 0 && Date.now() < until) {
      await sleep(LOOK_EVERY_MS)
      continue
    }
    for (const value of figures) history.note({ process: 'run', f: 'figure', type: 'ok', value })
    return
  }
}

interface SettleOptions {
  settleMs: number
  sweepSeconds: number
  /** Where faults lose answers. */
  hooks?: Pick<Hooks, 'settleLostCalls'>
  progress(text: string): void
  signal: AbortSignal
}

/** Amazon's list lies two minutes back. */
const LISTED_LATEST_MS = 130_000
const LOOK_EVERY_MS = 1_000
const TELL_EVERY_MS = 10_000
/**
 * Longer than a simulated mall takes for any call, a slow one included (see SILENCE_MS of faults.ts).
 */
const OVER_AT_THE_MALL_MS = 90_000

/**
 * Waits until all is done. Of a call for many orders whose answer was lost a quarter of an hour has to pass
 * at the real mall before an order that does not show it tells anything; the simulated ones are over with it
 * sooner, so that time is moved.
 * @returns after how many seconds; null when it was not within the limit, or nothing moves any more
 */
export async function settle(
  { settleMs, sweepSeconds, hooks, progress, signal }: SettleOptions,
  books: Books,
  placed: { length: number },
  from: number,
): Promise<number | null> {
  // Longer than a sweep needs to find what no request waits for.
  const quietMs = 2 * sweepSeconds * 1000 + LISTED_LATEST_MS
  let toldAt = from
  let movedAt = from
  let seen = ''
  for (;;) {
    const { staged, pulled, waiting, overdue, changes, open, unsent, unsorted } = await books.progress()
    const undone = open + overdue + unsent + unsorted
    if (staged >= placed.length && pulled >= staged && undone === 0)
      return Math.round((Date.now() - from) / 1000)
    if (Date.now() - toldAt > TELL_EVERY_MS) {
      toldAt = Date.now()
      progress(
        `staged ${staged} of ${placed.length}, pulled ${pulled}, requests waiting ${waiting}, changes open ${open} of ${changes}, not sent to the webhook ${unsent}, not sorted ${unsorted}`,
      )
      const moved = open > 0 ? await hooks?.settleLostCalls(new Date(Date.now() - OVER_AT_THE_MALL_MS)) : 0
      if (moved) progress(`${moved} changes need not wait any longer for a call whose answer was lost`)
    }
    const now = `${staged} ${pulled} ${waiting} ${open} ${unsent} ${unsorted}`
    if (now !== seen) movedAt = Date.now()
    seen = now
    const nothingLeft = waiting === 0 && open === 0 && Date.now() - movedAt > quietMs
    if (nothingLeft || Date.now() - from > settleMs) return null
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}
