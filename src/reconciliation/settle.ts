import type { PoolClient } from 'pg'
import { ASK_FOR_MS, NOT_OURS, PENDING, SKIPPED } from '../imports/requests/retry-schedule.ts'
import { PRIORITY } from '../imports/requests/statements.ts'
import type { MarketplaceLimits } from '../marketplaces/port/marketplace.ts'
import { DISMISSED } from '../orders/store/dismissed.ts'
import { statement } from '../platform/db/statement.ts'
import { unasked } from './page.ts'
import { askedAgainAt, daysAskedFor } from './plan.ts'

const DAY_MS = 24 * 60 * 60_000
/** Most orders that one step looks at, the newest, whose pauses are the shortest. */
const GIVEN_UP_AT_ONCE = 5_000
/**
 * Days that listed numbers are kept, a little longer than a run ever looks back; the counts of the days stay.
 */
export const KEPT_DAYS = 40
/** An older day may have lost listed numbers: it is not recounted, and arrivals are added to it. */
const COUNTED_DAYS = KEPT_DAYS - 1
/** Most missing numbers that a day names. */
const NAMED = 50

export interface Settled {
  /** Listed orders that are not here and must be requested. */
  unknown: string[]
  /** True while some missing orders are being fetched. */
  waiting: boolean
}

interface SettledShop {
  shopId: string
  limits: Pick<MarketplaceLimits, 'historyDays'>
  /** Up to where the mall's list had been read before this step. */
  listedUntil: Date | null
}

/**
 * Updates listed orders that were not here, recounts the days (`days` and those with missing orders), and
 * moves the verified point up to the oldest order still being fetched. An order given up, or held back by the
 * mall, does not stop it; its day still names it.
 */
export async function settle(
  client: PoolClient,
  { shopId, limits, listedUntil }: SettledShop,
  days: readonly string[],
  at: Date,
): Promise<Settled> {
  const shop = shopId
  await client.query(
    ARRIVED({ shop, givenUp: [NOT_OURS, DISMISSED], skipped: SKIPPED, at, countedDays: COUNTED_DAYS }),
  )
  await revive(client, { shopId, limits, listedUntil }, at)
  await client.query(
    COUNT_DAYS({ shop, days, at, named: NAMED, pending: PENDING, countedDays: COUNTED_DAYS }),
  )
  const { rows: open } = await client.query<{ n: string; waits: boolean }>(OPEN({ shop, pending: PENDING }))
  await client.query(VERIFY({ shop, pending: PENDING }))
  const missing = open.filter(({ waits }) => !waits).map(({ n }) => n)
  return {
    unknown: missing.length === 0 ? [] : await unasked(client, shopId, { numbers: missing, open: [] }, at),
    waiting: open.some(({ waits }) => waits),
  }
}

// Corrects a day that is no longer recounted by its arrivals. An order given up was missing, and rarely held
// back. One that was skipped and asked for again, as the list calls it open, is waited for.
const ARRIVED = statement(
  { shop: 'uuid', givenUp: 'text[]', skipped: 'text', at: 'timestamptz', countedDays: 'int' },
  `
with arrived as (
update swept_orders w set state = k.state
from (
  select w.order_number, case when o.id is not null then 'here' else 'skipped' end as state
  from swept_orders w
  left join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
  where w.shop_id = :shop and w.state = 'open' and (o.id is not null or exists (
    select from import_requests r where r.shop_id = w.shop_id and r.order_number = w.order_number and (
      r.outcome = any(:givenUp) or r.outcome = :skipped and not exists (
        select from import_requests n where n.shop_id = w.shop_id and n.order_number = w.order_number
          and n.state in ('waiting', 'failed') and n.requested_at > r.requested_at))))
) k
where w.shop_id = :shop and w.order_number = k.order_number
returning w.order_number, w.day, w.state
), by_day as (
  select day, (count(*) filter (where state = 'here'))::int as here, count(*)::int as n, array_agg(order_number) as numbers
  from arrived where day < (:at at time zone 'Asia/Tokyo')::date - :countedDays group by day
)
update shop_days d set here = d.here + b.here, mall = d.mall - (b.n - b.here), missing = greatest(0, d.missing - b.n),
  pending = greatest(0, d.pending - greatest(0, b.n - d.missing)), checked_at = :at,
  missing_numbers = array(select n from unnest(d.missing_numbers) n where n <> all(b.numbers))
from by_day b where d.shop_id = :shop and d.day = b.day`,
)

/** Requests orders again that were given up although the mall lists them, each in its time. */
async function revive(
  client: PoolClient,
  { shopId: shop, limits, listedUntil }: SettledShop,
  at: Date,
): Promise<void> {
  const since = new Date(at.getTime() - daysAskedFor(limits) * DAY_MS)
  const { rows } = await client.query<{ id: string; placedAt: Date; givenUpAt: Date }>(
    LIST_GIVEN_UP({ shop, since, limit: GIVEN_UP_AT_ONCE }),
  )
  const ids = rows
    .filter((order) => {
      const again = askedAgainAt({ ...order, listedUntil }, limits, at.getTime())
      return again !== null && again <= at
    })
    .map(({ id }) => id)
  if (ids.length === 0) return
  const expiresAt = new Date(at.getTime() + ASK_FOR_MS)
  await client.query(REVIVE({ ids, at, expiresAt, pending: PENDING, priority: PRIORITY.sweep }))
}

// The newest failed request of each number, and only where none is waiting already.
const LIST_GIVEN_UP = statement(
  { shop: 'uuid', since: 'timestamptz', limit: 'int' },
  `
select id::text, "placedAt", "givenUpAt" from (
  select distinct on (f.order_number) f.id, w.at as "placedAt", f.finished_at as "givenUpAt" from swept_orders w
  join import_requests f on f.shop_id = w.shop_id and f.order_number = w.order_number and f.state = 'failed'
  where w.shop_id = :shop and w.state = 'open' and w.at >= :since and not exists (
    select from import_requests o where o.shop_id = w.shop_id and o.order_number = w.order_number and o.state = 'waiting')
  order by f.order_number, f.requested_at desc
) g order by "placedAt" desc limit :limit`,
)

// Behind all that is new. One that the mall held back for its whole time has a single attempt: its time is
// kept.
const REVIVE = statement(
  { ids: 'uuid[]', at: 'timestamptz', expiresAt: 'timestamptz', pending: 'text', priority: 'int' },
  `
update import_requests r set state = 'waiting', attempts = 0, next_attempt_at = :at, expires_at = :expiresAt,
  priority = :priority, pending_until = case when outcome = :pending then pending_until end,
  outcome = null, message = null, sealed_mall_message = null, finished_at = null
where r.id = any(:ids) and r.state = 'failed' and not exists (
  select from import_requests o where o.shop_id = r.shop_id and o.order_number = r.order_number and o.state = 'waiting')`,
)

/** True when the number is being fetched; one that the mall holds back is not. */
const FETCHING = `exists (
  select from import_requests r where r.shop_id = :shop and r.order_number = w.order_number and r.state = 'waiting'
    and r.outcome is distinct from :pending)`

const OPEN = statement(
  { shop: 'uuid', pending: 'text' },
  `
select w.order_number as n, ${FETCHING} as waits
from swept_orders w where w.shop_id = :shop and w.state = 'open'`,
)

const VERIFY = statement(
  { shop: 'uuid', pending: 'text' },
  `
update shop_sweeps s set verified_until = greatest(s.verified_until, least(s.listed_until, (
  select min(w.at) from swept_orders w where w.shop_id = :shop and w.state = 'open' and (${FETCHING} or not exists (
    select from import_requests r where r.shop_id = :shop and r.order_number = w.order_number and r.state in ('waiting', 'failed')))
)))
where s.shop_id = :shop`,
)

const COUNT_DAYS = statement(
  { shop: 'uuid', days: 'date[]', at: 'timestamptz', named: 'int', pending: 'text', countedDays: 'int' },
  `
with days as (
  select unnest(:days) as day
  union select day from swept_orders where shop_id = :shop and state = 'open'
  union select day from shop_days where shop_id = :shop and (missing > 0 or pending > 0)
), counted_days as (
  select day from days where day >= (:at at time zone 'Asia/Tokyo')::date - :countedDays
), lines as (
  select d.day, w.order_number, w.state, w.state = 'open' and exists (
    select from import_requests r where r.shop_id = :shop and r.order_number = w.order_number and r.state = 'waiting'
      and r.outcome = :pending) as held
  from counted_days d left join swept_orders w on w.shop_id = :shop and w.day = d.day
), counted as (
  select day, (count(*) filter (where state in ('open', 'here')))::int as mall,
    (count(*) filter (where state = 'here'))::int as here,
    (count(*) filter (where held))::int as pending,
    (count(*) filter (where state = 'open' and not held))::int as missing,
    coalesce((array_agg(order_number order by order_number) filter (where state = 'open' and not held))[1 : :named], '{}') as numbers
  from lines group by day
)
insert into shop_days as known (shop_id, day, mall, here, pending, missing, missing_numbers, verified_at, checked_at)
select :shop, c.day, c.mall, c.here, c.pending, c.missing, c.numbers, case when c.missing = 0 then s.listed_until end, :at
from counted c cross join shop_sweeps s where s.shop_id = :shop
order by c.day
on conflict (shop_id, day) do update set mall = excluded.mall, here = excluded.here, pending = excluded.pending,
  missing = excluded.missing, missing_numbers = excluded.missing_numbers, checked_at = excluded.checked_at,
  verified_at = coalesce(excluded.verified_at, known.verified_at)`,
)
