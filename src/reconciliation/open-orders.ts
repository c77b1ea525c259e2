import type { PoolClient } from 'pg'
import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchOutcome, ListPage } from '../marketplaces/port/session.ts'
import { type Refreshed, readKnownOrders, refresh, writeRefreshed } from '../orders/store/refresh.ts'
import {
  isOrdersFault,
  noRequest,
  type PreparedOrder,
  prepareOrder,
  type StagingShop,
} from '../orders/store/stage.ts'
import type { RowSealer } from '../platform/crypto/sealer.ts'
import { inTransaction, isRefused } from '../platform/db/transaction.ts'
import { type BisectResult, fetchBisecting } from '../worker/fetch-bisect.ts'
import { asOutage, mayBeOneOrder } from '../worker/mall-failures.ts'
import type { OpenShop, ShopTurn, WorkingShop } from '../worker/shop-job.ts'
import { openFailed } from './failures.ts'
import { applyPage } from './page.ts'
import { furthest } from './plan.ts'
import {
  claimStep,
  endOpen,
  LIST_OPEN_ORDERS,
  type OpenList,
  readHeldBefore,
  type Sweep,
  updateFreshAfter,
  updateOpenList,
} from './statements.ts'
import { mallOf, requestFound, type SweepDeps } from './take.ts'

/**
 * Orders of one step, as many as the malls concerned return per call. After a failure fewer, and finally one
 * at a time, to find the order that causes it.
 */
const AT_ONCE = 100
const FEW = 10
const ALONE_AFTER = 2
/** Time budget of a step; a call under way is awaited beyond it. */
const READ_FOR_MS = 20_000

interface OpenOrder {
  id: string
  orderNumber: string
  sealedRaw: Buffer | null
}

interface Read {
  order: OpenOrder
  outcome: FetchOutcome
}

/**
 * Reads the next open orders again, for malls whose list has no states. An unchanged answer costs no write.
 * Otherwise statuses and flags are updated, and, until the order was pulled, the content. Orders without an
 * answer are read in the next step.
 */
export async function rereadOpen(
  deps: SweepDeps,
  turn: ShopTurn,
  sweep: Sweep,
  after: string,
): Promise<void> {
  const most = sweep.openAttempts === 0 ? AT_ONCE : FEW
  const { rows } = await deps.pool.query<OpenOrder>(
    LIST_OPEN_ORDERS({ shop: turn.shop.id, since: furthest(deps.clock.now()), after, limit: most }),
  )
  const last = rows.length < most ? null : (rows.at(-1)?.id ?? null)
  if (rows.length === 0) return writeOpen(deps, turn.shop, sweep, [], last)
  const opened = await turn.open()
  if (!opened) return
  const read: Read[] = []
  const [together, alone] = sweep.openAttempts < ALONE_AFTER ? [rows, []] : [[], rows]
  const fetched = await fetchOpen(deps, turn, opened, { together, alone }, read)
  if (turn.signal.aborted) return
  const failure = await failureOf(turn, opened, fetched)
  const broken = fetched.silent ? [] : fetched.broken.map(({ request }) => request)
  const answered = new Set([...read.map(({ order }) => order), ...broken])
  // An order over which the mall stops answering must not hold up the others and the shop.
  if (fetched.alone && !failure) answered.add(fetched.alone)
  const firstOpen = rows.findIndex((order) => !answered.has(order))
  const upTo = firstOpen < 0 ? last : (rows[firstOpen - 1]?.id ?? after)
  if (failure && firstOpen <= 0) {
    const passOver = () => writeOpen(deps, turn.shop, sweep, changedOf(deps, turn, read), last)
    return openFailed(deps, { turn, opened, sweep, error: failure }, passOver)
  }
  return writeOpen(deps, turn.shop, sweep, changedOf(deps, turn, read), upTo)
}

async function fetchOpen(
  deps: SweepDeps,
  turn: ShopTurn,
  { session }: OpenShop,
  orders: { together: readonly OpenOrder[]; alone: readonly OpenOrder[] },
  read: Read[],
): Promise<BisectResult<OpenOrder>> {
  const fetched = await fetchBisecting(
    {
      session,
      clock: deps.clock,
      signal: turn.signal,
      deadline: deps.clock.now() + READ_FOR_MS,
      careful: turn.shop.laneFailures > 0,
      onAnswer: async (order, outcome) => void read.push({ order, outcome }),
    },
    orders.together,
    orders.alone,
  )
  for (const { request, error } of fetched.broken)
    deps.log.warn({ err: error, shopId: turn.shop.id, orderId: request.id }, 'sweep: order could not be read')
  return fetched
}

/** Returns the failure that stops this pass; null when there is none, or it concerns one order alone. */
async function failureOf(
  turn: ShopTurn,
  opened: OpenShop,
  { shopFailure, alone, anyGood, silent, broken }: BisectResult<OpenOrder>,
): Promise<MarketplaceFailure | null> {
  if (silent) return asOutage(broken[0]?.error, 'MALL_ANSWERS_BROKEN')
  if (!shopFailure || !alone || !mayBeOneOrder(shopFailure)) return shopFailure
  return anyGood || (await turn.answersOtherwise(opened)) ? null : shopFailure
}

function changedOf({ sealer, log }: SweepDeps, { shop }: ShopTurn, read: readonly Read[]): PreparedOrder[] {
  return read.flatMap(({ order, outcome }) => {
    if (outcome.kind !== 'found') return []
    if (rawOf(sealer.of(shop.tenantId), order) === outcome.raw) return []
    const { order: detail, raw, rereadAt, revision = null, takenBack = [] } = outcome
    const request = noRequest(shop, order, 'sweep')
    try {
      const found = { request, order: detail, raw, rereadAt, revision, takenBack }
      return [prepareOrder(found, order.id, sealer)]
    } catch (err) {
      log.error({ err, orderId: order.id }, 'sweep: order cannot be prepared for storing')
      return []
    }
  })
}

/** Null when there is none, or none that can be opened. */
function rawOf(sealer: RowSealer, { id, sealedRaw }: OpenOrder): string | null {
  try {
    return sealedRaw && sealer.open(`order:${id}:raw`, sealedRaw).toString('utf8')
  } catch {
    return null
  }
}

/**
 * Writes what has changed of open orders, together with how far they have been read. `last` null: to the end.
 * An order that cannot be stored is left as it is: it must not keep the shop's sweeps from going on.
 */
async function writeOpen(
  deps: SweepDeps,
  shop: StagingShop & Pick<WorkingShop, 'holder'>,
  sweep: Sweep,
  changed: readonly PreparedOrder[],
  last: string | null,
): Promise<void> {
  const at = new Date(deps.clock.now())
  const written = await inTransaction(deps.pool, async (client) => {
    if (!(await claimStep(client, sweep, at))) return []
    const refreshed = await refreshedOf(deps, client, changed, at)
    if (refreshed.length > 0) await write(deps, client, refreshed, at, shop.holder)
    await deps.onReleased?.(shop, refreshed)?.(client, at)
    await updateFreshAfter(client, sweep.shopId, last)
    if (last === null) await endOpen(client, sweep, at)
    return refreshed
  })
  await deps.marker?.rewrite(
    shop,
    written.map(({ order }) => order.id),
  )
}

async function refreshedOf(
  deps: SweepDeps,
  client: PoolClient,
  changed: readonly PreparedOrder[],
  at: Date,
): Promise<Refreshed[]> {
  const ids = changed.map(({ orderId }) => orderId)
  const known = ids.length === 0 ? new Map() : await readKnownOrders(client, ids)
  const tools = { sealer: deps.sealer, newId: deps.newId, at }
  return changed.flatMap((fresh) => {
    const order = known.get(fresh.orderId)
    if (!order) return []
    try {
      const one = refresh(order, fresh, tools)
      // An order without its data has no raw answer that would show that nothing changed.
      return one.differs || order.purgedAt === null ? [one] : []
    } catch (err) {
      deps.log.error({ err, orderId: fresh.orderId }, 'sweep: order cannot be compared')
      return []
    }
  })
}

/** All at once, and one by one where Postgres refuses the data of some. */
async function write(
  deps: SweepDeps,
  client: PoolClient,
  refreshed: readonly Refreshed[],
  at: Date,
  holder: string,
): Promise<void> {
  await client.query('savepoint orders')
  try {
    await writeRefreshed(client, refreshed, at, holder)
  } catch (err) {
    if (!isRefused(err)) throw err
    await client.query('rollback to savepoint orders')
    const [only, ...others] = refreshed
    if (others.length > 0) for (const one of refreshed) await write(deps, client, [one], at, holder)
    else if (!isOrdersFault(err)) throw err
    else deps.log.error({ err, orderId: only?.order.id }, 'sweep: order cannot be stored')
  }
}

const DAY_MS = 24 * 60 * 60_000
/** Longest window, so that a broken page only costs listing these days again. */
const MOST_DAYS = 5

/**
 * Lists the next page of the time before the run, back to the oldest open order, for malls whose list has
 * states. A part that cannot be read is skipped until the pass after the next run: new orders are more
 * urgent.
 */
export async function relistOpen(
  deps: SweepDeps,
  turn: ShopTurn,
  sweep: Sweep,
  open: OpenList,
): Promise<void> {
  const opened = await turn.open()
  if (!opened) return
  const to = await endOf(deps, turn, open)
  if (!to) return goOn(deps, sweep, null)
  const { listWindowDays } = mallOf(deps, turn.shop).limits
  const longestMs = Math.min(listWindowDays, MOST_DAYS) * DAY_MS
  const from = new Date(Math.max(open.from.getTime(), to.getTime() - longestMs))
  const before = from > open.from ? { from: open.from, to: from, page: null } : null
  try {
    const page = await opened.session.listOrders({ from, to }, open.page, turn.signal)
    await take(deps, turn, sweep, { page, from, left: page.next ? { ...open, to, page: page.next } : before })
  } catch (error) {
    return openFailed(deps, { turn, opened, sweep, error }, () => goOn(deps, sweep, before))
  }
}

/** Beyond what all open orders are compared in, only the times of those that are wanted are listed. */
async function endOf(
  deps: SweepDeps,
  { shop }: ShopTurn,
  { from, to, page }: OpenList,
): Promise<Date | null> {
  if (page !== null || to > furthest(deps.clock.now())) return to
  const newest = await readHeldBefore(deps.pool, shop.id, { from, to })
  return newest && new Date(newest.getTime() + 1)
}

async function take(
  deps: SweepDeps,
  { shop }: ShopTurn,
  sweep: Sweep,
  { page, from, left }: { page: ListPage; from: Date; left: OpenList | null },
): Promise<void> {
  await goOn(deps, sweep, left, async (client, at) => {
    const found = await applyPage(client, shop.id, page.orders, {
      from,
      liveFrom: null,
      since: shop.createdAt,
      at,
    })
    await requestFound(deps, client, shop, found)
  })
}

async function goOn(
  deps: SweepDeps,
  sweep: Sweep,
  left: OpenList | null,
  andBefore?: (client: PoolClient, at: Date) => Promise<void>,
): Promise<void> {
  const at = new Date(deps.clock.now())
  await inTransaction(deps.pool, async (client) => {
    if (!(await claimStep(client, sweep, at))) return
    await andBefore?.(client, at)
    await updateOpenList(client, sweep.shopId, left)
    if (!left) await endOpen(client, sweep, at)
  })
}
