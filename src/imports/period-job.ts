import type { Pool } from 'pg'
import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { ListPage } from '../marketplaces/port/session.ts'
import type { Clock } from '../platform/clock.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import { brokenAnswer, concernsShop, isOfTheList } from '../worker/mall-failures.ts'
import type { ShopJob, ShopTurn, WorkingShop } from '../worker/shop-job.ts'
import { ENTRY_UNREADABLE, following, isSettled, type Position, sumOf } from './list-position.ts'
import { BROKEN_ATTEMPTS, retryDelay } from './requests/retry-schedule.ts'
import { PRIORITY, requestImports } from './requests/statements.ts'
import {
  advanceScan,
  endScan,
  postponeScan,
  readDueScan,
  readShopsWithDueScans,
  SCAN_IS_DUE,
  type Scan,
  unknownNumbers,
} from './statements.ts'

const DAY_MS = 24 * 60 * 60_000

interface Deps {
  pool: Pool
  clock: Clock
  newId: NewId
  log: Logger
}

/** 期間指定の取込: reads the mall's list of a period page by page, and requests what is not here. */
export const createPeriodJob = (deps: Deps): ShopJob => ({
  name: 'period imports',
  time: 'shared',
  dueShops: (now, page) => readShopsWithDueScans(deps.pool, now, page),
  due: SCAN_IS_DUE,
  begin: () => ({
    async run(turn) {
      const scan = await readDueScan(deps.pool, turn.shop.id, new Date(deps.clock.now()))
      if (!scan) return 'done'
      await readPage(deps, turn, scan)
      return 'again'
    },
  }),
})

async function readPage(deps: Deps, turn: ShopTurn, scan: Scan): Promise<void> {
  const opened = await turn.open()
  if (!opened) return
  const { listWindowDays } = opened.marketplace.limits
  const to = windowEnd(scan.windowFrom, scan.toAt, listWindowDays)
  let page: ListPage
  try {
    page = await opened.session.listOrders({ from: scan.windowFrom, to }, scan.page, turn.signal)
  } catch (error) {
    if (turn.signal.aborted) return
    if (isOfTheList(error)) return wait(deps, scan, error)
    if (concernsShop(error)) return turn.stop(error)
    return fail(deps, scan, error)
  }
  await take(deps, turn.shop, scan, page, { ...scan, windowTo: to }, listWindowDays)
}

/** End of the part of the period that the mall lists at once. */
const windowEnd = (from: Date, toAt: Date, listWindowDays: number): Date =>
  new Date(Math.min(from.getTime() + listWindowDays * DAY_MS, toAt.getTime()))

async function take(
  deps: Deps,
  shop: WorkingShop,
  scan: Scan,
  page: ListPage,
  at: Position,
  listWindowDays: number,
): Promise<void> {
  const now = new Date(deps.clock.now())
  const listed = [...new Set(page.orders.map((order) => order.orderNumber))]
  await inTransaction(deps.pool, async (client) => {
    const unknown = await unknownNumbers(client, shop.id, listed, scan)
    const requests = unknown.map((orderNumber) => ({
      tenantId: shop.tenantId,
      shopId: shop.id,
      orderNumber,
      purpose: 'import' as const,
      source: 'person' as const,
      priority: PRIORITY.period,
    }))
    await requestImports(client, deps, requests)
    const read = {
      next: page.next,
      fresh: scan.pass === 0 ? listed.length : unknown.length,
      sum: sumOf(listed),
    }
    const next = following(at, read, ({ to }) =>
      to < scan.toAt ? { from: to, to: windowEnd(to, scan.toAt, listWindowDays) } : null,
    )
    // A later reading names the same entries, and is no first one of others.
    const unread = page.unreadable?.length ?? 0
    const unreadable = scan.pass === 0 ? scan.unreadable + unread : Math.max(scan.unreadable, unread)
    // Later readings name the same orders again: of them only those count that had slipped away before.
    const counts = {
      listed: scan.pass === 0 ? listed.length : unknown.length,
      requested: unknown.length,
      unreadable,
    }
    const stays = next?.windowFrom.getTime() === at.windowFrom.getTime()
    if (!stays && !isSettled(at, read)) await endScan(client, scan, { ...KEEPS_CHANGING, ...counts }, now)
    else if (next) await advanceScan(client, scan, { ...next, ...counts })
    else await endScan(client, scan, { ...endOf(unreadable), ...counts }, now)
  })
}

const endOf = (unread: number) =>
  unread === 0
    ? { state: 'done' as const, code: 'listed', message: null }
    : {
        state: 'failed' as const,
        code: ENTRY_UNREADABLE,
        message: `モールの注文一覧のうち${unread}件を読み取れませんでした。ほかの受注は取り込みます。モールの管理画面でこの期間の件数を確認し、足りない受注は受注番号を指定して取り込んでください。`,
      }

/** Nothing would bring what a period import has missed, so it must not be called done. */
const KEEPS_CHANGING = {
  state: 'failed' as const,
  code: 'LIST_KEEPS_CHANGING',
  message:
    '読み取り中にモールの注文一覧が変わり続けたため、期間内の受注がすべて含まれているか確認できませんでした。見つかった受注は取り込みます。時間をおいて、もう一度期間を指定してください。',
}

/** The list is away for now: no attempt, as nothing is wrong with this period, and its place is kept. */
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
    const end = {
      state: 'failed' as const,
      code: answer.code,
      message: answer.message,
      listed: 0,
      requested: 0,
      unreadable: scan.unreadable,
    }
    await endScan(deps.pool, scan, end, new Date(now))
  } else {
    await postponeScan(deps.pool, scan, answer, { at: new Date(now + retryDelay(attempts)), attempts })
  }
}
