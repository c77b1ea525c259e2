import type { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { ListPage } from '../../marketplaces/port/session.ts'
import { asRawQueries, inTransaction } from '../../platform/db/transaction.ts'
import type { WorkingShop } from '../../worker/shop-state.ts'
import type { FetchWorkerDeps, OpenShop } from '../../worker/shop-worker.ts'
import { brokenAnswer, concernsShop, isOfTheList } from '../../worker/unusable-answers.ts'
import { PRIORITY } from '../requests/priorities.ts'
import { BROKEN_ATTEMPTS, retryDelay } from '../requests/retry-schedule.ts'
import { requestImports } from '../requests/store.ts'
import { advanceScan, endScan, postponeScan, readDueScan, type Scan, unknownNumbers } from './store.ts'

const DAY_MS = 24 * 60 * 60_000

type Deps = Pick<FetchWorkerDeps, 'pool' | 'clock' | 'newId' | 'log'>

/**
 * Reads one page of the mall's list for a shop's oldest due period import (期間指定の取込) and requests what is not here.
 * @returns `worked` false when there was none due
 */
export async function runScanStep(
  deps: Deps,
  shop: WorkingShop,
  open: () => Promise<OpenShop | undefined>,
  signal: AbortSignal,
): Promise<{ worked: boolean; shopFailure: MarketplaceFailure | null }> {
  const scan = await readDueScan(deps.pool, shop.id, new Date(deps.clock.now()))
  if (!scan) return { worked: false, shopFailure: null }
  const opened = await open()
  if (!opened) return { worked: true, shopFailure: null }
  const to = windowEnd(scan, opened.marketplace.limits.listWindowDays)
  let page: ListPage
  try {
    page = await opened.session.listOrders({ from: scan.windowFrom, to }, scan.page, signal)
  } catch (error) {
    if (signal.aborted) return { worked: true, shopFailure: null }
    if (isOfTheList(error)) await wait(deps, scan, error)
    else if (concernsShop(error)) return { worked: true, shopFailure: error }
    else await fail(deps, scan, error)
    return { worked: true, shopFailure: null }
  }
  await take(deps, shop, scan, page, to)
  return { worked: true, shopFailure: null }
}

/** End of the part of the period that the mall lists at once. */
export function windowEnd(scan: Pick<Scan, 'windowFrom' | 'toAt'>, listWindowDays: number): Date {
  return new Date(Math.min(scan.windowFrom.getTime() + listWindowDays * DAY_MS, scan.toAt.getTime()))
}

async function take(deps: Deps, shop: WorkingShop, scan: Scan, page: ListPage, to: Date): Promise<void> {
  const now = new Date(deps.clock.now())
  const listed = [...new Set(page.orders.map((order) => order.orderNumber))]
  await inTransaction(deps.pool, async (client) => {
    const unknown = await unknownNumbers(client, shop.id, listed)
    const requests = unknown.map((orderNumber) => ({
      tenantId: shop.tenantId,
      shopId: shop.id,
      orderNumber,
      purpose: 'import' as const,
      source: 'person' as const,
      priority: PRIORITY.period,
    }))
    await requestImports(asRawQueries(client), deps, requests)
    const counts = { listed: listed.length, requested: unknown.length }
    if (page.next !== null)
      await advanceScan(client, scan, { windowFrom: scan.windowFrom, page: page.next, ...counts })
    else if (to < scan.toAt) await advanceScan(client, scan, { windowFrom: to, page: null, ...counts })
    else await endScan(client, scan, { state: 'done', outcome: 'listed', message: null, ...counts }, now)
  })
}

/** The list is not to be had for now: no attempt, because nothing is wrong with this period, and the place in it stands. */
async function wait(deps: Deps, scan: Scan, failure: MarketplaceFailure): Promise<void> {
  const now = deps.clock.now()
  const at = new Date(Math.max(failure.until?.getTime() ?? 0, now + retryDelay(1)))
  deps.log.info({ scanId: scan.id, code: failure.code, until: at }, 'period import waits for the list')
  await postponeScan(deps.pool, scan, failure, { at, attempts: scan.attempts })
}

async function fail(deps: Deps, scan: Scan, error: unknown): Promise<void> {
  const answer = brokenAnswer(error)
  const attempts = scan.attempts + 1
  const now = deps.clock.now()
  deps.log.warn({ err: error, scanId: scan.id, attempts }, 'page of the mall list could not be read')
  if (answer.refused || attempts >= BROKEN_ATTEMPTS) {
    const ending = {
      state: 'failed' as const,
      outcome: answer.code,
      message: answer.message,
      listed: 0,
      requested: 0,
    }
    await endScan(deps.pool, scan, ending, new Date(now))
  } else {
    await postponeScan(deps.pool, scan, answer, { at: new Date(now + retryDelay(attempts)), attempts })
  }
}
