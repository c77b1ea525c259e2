import type { Pool, PoolClient } from 'pg'
import { following, type Period, sumOf } from '../imports/list-position.ts'
import { believeListed, requestImports } from '../imports/requests/statements.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { mallOfShop } from '../marketplaces/of-shop.ts'
import type { MallFacts, Marketplace, MarketplaceLimits } from '../marketplaces/port/marketplace.ts'
import type { ListPage } from '../marketplaces/port/session.ts'
import type { ReleasedHook } from '../orders/store/refresh.ts'
import type { ImportPurpose, OrderMarker } from '../orders/store/stage.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { retryable } from '../platform/db/failures.ts'
import { inTransaction, type Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Random } from '../platform/random.ts'
import { createHintBook, type MallHint } from '../shops/shops/mall-hints.ts'
import type { WorkingShop } from '../worker/shop-job.ts'
import { applyPage, hurryHeldBack, type PageFindings } from './page.ts'
import {
  daysOf,
  entriesUnreadable,
  furthest,
  type Gap,
  longestWindow,
  nextSettle,
  overlapOf,
  wider,
  windowsOf,
} from './plan.ts'
import { settle } from './settle.ts'
import {
  claimStep,
  closeGaps,
  comeBack,
  endRun,
  LIST_NEWEST,
  moveOn,
  noteGap,
  type OpenScope,
  type Run,
  readOpenSince,
  readStepped,
  type Sweep,
} from './statements.ts'

export interface SweepDeps {
  db: Db
  pool: Pool
  clock: Clock
  random: Random
  newId: NewId
  log: Logger
  metrics: Pick<Metrics, 'importRequests' | 'sweepRuns'>
  sealer: Sealer
  marketplaces: Marketplaces
  intervalMs: number
  onReleased?: ReleasedHook
  marker?: OrderMarker
}

/**
 * Stores a page's orders in one transaction with the sweep's next position. Does nothing when another worker
 * was faster.
 */
export async function applySweepPage(
  deps: SweepDeps,
  shop: WorkingShop,
  sweep: Sweep,
  run: Run,
  page: ListPage,
  steppedOver: Gap | null = null,
): Promise<void> {
  const at = new Date(deps.clock.now())
  const { limits } = mallOf(deps, shop)
  const liveFrom = sweep.listedUntil && new Date(sweep.listedUntil.getTime() - overlapOf(limits))
  const runTo = earlier(run.to, page.completeUntil)
  const ended = await repeated(deps.pool, async (client) => {
    if (!(await claimStep(client, sweep, at))) return false
    const since = shop.createdAt
    const findings = await applyPage(client, shop.id, page.orders, {
      from: run.windowFrom,
      liveFrom,
      since,
      at,
    })
    await requestFound(deps, client, shop, findings)
    const { narrowMs, next } = await goOnFrom(client, sweep, run, limits, { page, fresh: findings.fresh })
    if (page.unreadable?.length)
      await noteGap(client, deps.newId, shop.id, entriesUnreadable(windowOf(run), page.unreadable), at)
    if (steppedOver) await noteGap(client, deps.newId, shop.id, steppedOver, at)
    else if (next?.windowTo.getTime() !== run.windowTo.getTime())
      await closeGaps(client, shop.id, { from: run.windowFrom, to: earlier(run.windowTo, runTo) }, run.to)
    if (next) {
      await moveOn(client, shop.id, { ...next, runTo, narrowMs })
      return false
    }
    const openSince =
      limits.freshBy === 'list'
        ? await readOpenSince(client, shop.id, scopeOf(limits, sweep.listedUntil, runTo, at.getTime()))
        : null
    const openList = openSince && openSince < run.from ? { from: openSince, to: run.from } : null
    await endRun(client, shop.id, { runTo, rereads: limits.freshBy === 'reading', openList })
    await finishWithin(deps, client, shop, { ...sweep, settles: 0 }, daysOf(run))
    return true
  })
  if (ended) await afterRun(deps, shop)
}

/** Retries safely: writing a page twice gives the same result. */
const repeated = <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  retryable(() => inTransaction(pool, work))

export const windowOf = ({ windowFrom, windowTo }: Run): Period => ({ from: windowFrom, to: windowTo })

async function goOnFrom(
  client: PoolClient,
  { shopId, deepAt }: Sweep,
  run: Run,
  limits: MarketplaceLimits,
  { page, fresh }: { page: ListPage; fresh: number },
) {
  const narrowMs = page.next === null ? wider(run.narrowMs) : run.narrowMs
  const plan = {
    runFrom: run.from,
    longestMs: longestWindow(limits),
    narrowMs,
    stepped: await readStepped(client, shopId),
    retries: deepAt !== null && deepAt >= run.to,
  }
  const sum = sumOf(page.orders.map(({ orderNumber }) => orderNumber))
  return {
    narrowMs,
    next: following(run, { next: page.next, fresh, sum }, ({ from }) => windowsOf(plan)(from)),
  }
}

export function mallOf({ marketplaces }: Pick<SweepDeps, 'marketplaces'>, shop: WorkingShop): Marketplace {
  const mall = mallOfShop(marketplaces, shop)
  if (!mall) throw new Error(`no marketplace ${shop.marketplace}`)
  return mall
}

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

/** Old held orders are compared by each hour's first run: reservations last months, and each costs a call. */
function scopeOf(limits: MarketplaceLimits, before: Date | null, runTo: Date, now: number): OpenScope {
  const hourOf = (time: Date | null) => Math.floor((time?.getTime() ?? 0) / HOUR_MS)
  const since = furthest(now)
  const oldest = new Date(now - limits.historyDays * DAY_MS)
  return { since, heldSince: hourOf(before) === hourOf(runTo) ? since : earlier(oldest, since) }
}

const earlier = (time: Date, other: Date | undefined): Date => (other && other < time ? other : time)

/** Requests, within a claimed step, missing orders and those changed at the mall. */
export async function requestFound(
  deps: SweepDeps,
  client: PoolClient,
  shop: WorkingShop,
  { unknown, missing, told, changed }: Omit<PageFindings, 'fresh'>,
): Promise<void> {
  const of = (purpose: ImportPurpose) => (orderNumber: string) => ({
    tenantId: shop.tenantId,
    shopId: shop.id,
    orderNumber,
    purpose,
    source: 'sweep' as const,
  })
  const requests = [...unknown.map(of('import')), ...changed.map(of('refresh'))]
  const { created } = await requestImports(client, deps, requests)
  deps.metrics.importRequests.inc({ marketplace: shop.marketplace, source: 'sweep' }, created)
  const at = new Date(deps.clock.now())
  await believeListed(client, shop.id, missing, at)
  await hurryHeldBack(client, shop.id, told, at)
}

/** Checks between two runs whether missing orders have arrived. Calls no mall. */
export async function lookAgain(deps: SweepDeps, shop: WorkingShop, sweep: Sweep): Promise<void> {
  await repeated(deps.pool, async (client) => {
    if (await claimStep(client, sweep, new Date(deps.clock.now())))
      await finishWithin(deps, client, shop, sweep, [])
  })
}

async function finishWithin(
  deps: SweepDeps,
  client: PoolClient,
  shop: WorkingShop,
  sweep: Sweep,
  days: readonly string[],
): Promise<void> {
  const now = deps.clock.now()
  const of = { shopId: shop.id, limits: mallOf(deps, shop).limits, listedUntil: sweep.listedUntil }
  const { unknown, waiting } = await settle(client, of, days, new Date(now))
  await requestFound(deps, client, shop, { unknown, missing: [], told: [], changed: [] })
  const nextAt = waiting || unknown.length > 0 ? nextSettle(now, sweep.settles, sweep.runAt) : sweep.runAt
  await comeBack(client, shop.id, { nextAt, settles: sweep.settles + 1 })
}

async function afterRun(deps: SweepDeps, shop: WorkingShop): Promise<void> {
  const now = deps.clock.now()
  deps.metrics.sweepRuns.inc({ marketplace: shop.marketplace })
  const state = await mailState(deps.pool, shop.id, now)
  if (state === 'unknown') return
  const hints = createHintBook()
  if (state === 'missing') hints.add(mailNotArriving(mallOf(deps, shop)))
  else hints.over([MAIL_NOT_ARRIVING])
  await hints.save(deps.db, shop.id, new Date(now))
}

export const MAIL_NOT_ARRIVING = 'MAIL_NOT_ARRIVING'

/** Time for a mail to arrive after its order was found. */
const MAIL_WAITS_MS = 10 * 60_000
/** Orders in a row without a mail that are no accident. */
const IN_A_ROW = 3
const LOOK_BACK_MS = 3 * 24 * 60 * 60_000

type MailState = 'arriving' | 'missing' | 'unknown'

/**
 * Decides whether mails arrive for the shop's orders, by the newest that a sweep found while it was up to
 * date. A shop without an enabled mailbox has no mails to miss.
 */
async function mailState(queries: Queries, shopId: string, now: number): Promise<MailState> {
  const { rows } = await queries.query<{ mailed: boolean; listedAt: Date }>(
    LIST_NEWEST({ shop: shopId, since: new Date(now - LOOK_BACK_MS) }),
  )
  return decideMails(rows, now)
}

/** Newest first. Pure. */
export function decideMails(orders: readonly { mailed: boolean; listedAt: Date }[], now: number): MailState {
  const newest = orders
    .filter(({ mailed, listedAt }) => mailed || now - listedAt.getTime() >= MAIL_WAITS_MS)
    .slice(0, IN_A_ROW)
  if (newest.some(({ mailed }) => mailed)) return 'arriving'
  return newest.length === IN_A_ROW ? 'missing' : 'unknown'
}

export const mailNotArriving = ({ mailHelp }: Pick<MallFacts, 'mailHelp'>): MallHint => ({
  code: MAIL_NOT_ARRIVING,
  message:
    'モールの注文一覧にある新しい受注について、注文メールが届いていません。受注はモールの注文一覧との定期照合で取り込まれますが、遅くなります。' +
    `${mailHelp}迷惑メール・振り分け・転送の設定と、受信箱のフォルダーの指定も確認してください。`,
})
