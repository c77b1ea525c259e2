import type { PoolClient } from 'pg'
import type { ListPage } from '../marketplaces/port/session.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import type { ShopTurn } from '../worker/shop-job.ts'
import { openFailed } from './failures.ts'
import { furthest, readHeldBefore } from './open-since.ts'
import { applyPage } from './page.ts'
import { claimStep, endOpen, type OpenList, type Sweep, updateOpenList } from './store.ts'
import { mallOf, requestFound, type SweepDeps } from './take.ts'

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
