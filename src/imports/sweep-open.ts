import type { FetchOutcome } from '../marketplaces/marketplace.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { ask } from './asking.ts'
import { mayBeOneOrder } from './broken-answers.ts'
import { type PreparedOrder, prepareOrder } from './found-order.ts'
import { noRequest } from './no-request.ts'
import { readKnownOrders, writeRefreshed } from './refresh-store.ts'
import { refresh } from './refreshing.ts'
import { inTransaction, type Queries } from './sql.ts'
import { FURTHEST_DAYS, nextSettle } from './sweep-plan.ts'
import type { SweepStep, SweepTurn } from './sweep-step.ts'
import { claimStep, comeBack, type Sweep, setFreshAfter } from './sweep-store.ts'
import type { SweepDeps } from './sweep-take.ts'

const DAY_MS = 24 * 60 * 60_000
/** Of one step: as many as the malls that are read so give in one call. */
const AT_ONCE = 100
/** A single call that takes longer is waited for. */
const READ_FOR_MS = 20_000

/** Not shipped, neither here nor at the mall as far as we know: what staff may still ship. `o` is the order, $1 the shop. */
const OPEN = `o.shop_id = $1 and o.status not in ('shipped', 'completed', 'cancelled') and o.mall_state = 'open'
  and o.ordered_at >= $2`

const furthest = (now: number) => new Date(now - FURTHEST_DAYS * DAY_MS)

/** When the oldest order was placed that is still open; null when none is. */
export async function readOpenSince(queries: Queries, shopId: string, now: number): Promise<Date | null> {
  const { rows } = await queries.query<{ since: Date | null }>(
    `select min(o.ordered_at) as since from orders o where ${OPEN}`,
    [shopId, furthest(now)],
  )
  return rows[0]?.since ?? null
}

interface OpenOrder {
  id: string
  orderNumber: string
  sealedRaw: Buffer | null
}

/**
 * For malls whose list says no states: reads the next open orders again. One whose answer is the same as the last time
 * costs no write; of the others statuses, flags and, until somebody took them over, the content follow.
 */
export async function rereadOpen(
  deps: SweepDeps,
  turn: SweepTurn,
  sweep: Sweep,
  after: string,
): Promise<SweepStep> {
  const { rows } = await deps.pool.query<OpenOrder>(NEXT, [
    turn.shop.id,
    furthest(deps.clock.now()),
    after,
    AT_ONCE,
  ])
  const last = rows.length < AT_ONCE ? null : (rows.at(-1)?.id ?? null)
  if (rows.length === 0) return done(deps, sweep, [], last)
  const opened = await turn.open()
  if (!opened) return { worked: true, shopFailure: null }
  const read: { order: OpenOrder; outcome: FetchOutcome }[] = []
  const asked = await ask(
    {
      ...{ session: opened.session, clock: deps.clock, signal: turn.signal },
      deadline: deps.clock.now() + READ_FOR_MS,
      careful: turn.shop.laneFailures > 0,
      onAnswer: async (order, outcome) => void read.push({ order, outcome }),
    },
    rows,
    [],
  )
  if (turn.signal.aborted) return { worked: true, shopFailure: null }
  for (const { request, error } of asked.broken)
    deps.log.warn({ err: error, shopId: turn.shop.id, orderId: request.id }, 'sweep: order could not be read')
  const { shopFailure } = asked
  // A mall that falls silent over one of these orders must not keep the others, and the shop, from being worked on.
  if (shopFailure && !(mayBeOneOrder(shopFailure) && (await turn.answersOtherwise(opened))))
    return { worked: true, shopFailure }
  return done(deps, sweep, changedOf(deps, turn, read), last)
}

const NEXT = `
select o.id::text, o.order_number as "orderNumber", r.sealed_raw as "sealedRaw"
from orders o left join order_raws r on r.order_id = o.id
where ${OPEN} and o.id > $3
order by o.id limit $4`

function changedOf(
  { sealer, clock }: SweepDeps,
  { shop }: SweepTurn,
  read: readonly { order: OpenOrder; outcome: FetchOutcome }[],
): PreparedOrder[] {
  const at = new Date(clock.now())
  return read.flatMap(({ order, outcome }) => {
    if (outcome.kind !== 'found') return []
    if (rawOf(sealer, order) === outcome.raw) return []
    const { order: detail, raw, rereadAt, revision = null } = outcome
    const request = noRequest(shop, order, 'sweep', at)
    return [prepareOrder({ request, order: detail, raw, rereadAt, revision }, order.id, sealer)]
  })
}

/** Null when there is none, or none that can be opened. */
function rawOf(sealer: Sealer, { id, sealedRaw }: OpenOrder): string | null {
  try {
    return sealedRaw && sealer.open(`order:${id}:raw`, sealedRaw).toString('utf8')
  } catch {
    return null
  }
}

async function done(
  deps: SweepDeps,
  sweep: Sweep,
  changed: readonly PreparedOrder[],
  last: string | null,
): Promise<SweepStep> {
  const at = new Date(deps.clock.now())
  await inTransaction(deps.pool, async (client) => {
    if (!(await claimStep(client, sweep, at))) return
    const known = await readKnownOrders(
      client,
      changed.map(({ orderId }) => orderId),
    )
    const tools = { sealer: deps.sealer, newId: deps.newId, at }
    const refreshed = changed.flatMap((fresh) => {
      const order = known.get(fresh.orderId)
      const one = order && refresh(order, fresh, tools)
      // Of an order without its data no raw answer is kept that would show that nothing has changed.
      return one && (one.differs || order.purgedAt === null) ? [one] : []
    })
    if (refreshed.length > 0) await writeRefreshed(client, refreshed, at)
    await setFreshAfter(client, sweep.shopId, last)
    if (last === null) {
      const nextAt = nextSettle(at.getTime(), sweep.settles, sweep.runAt)
      await comeBack(client, sweep.shopId, { nextAt, settles: sweep.settles })
    }
  })
  return { worked: true, shopFailure: null }
}
