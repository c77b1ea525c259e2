import type { MailTrust } from '../../marketplaces/port/mail-rules.ts'
import { isByHand, isOfPeriod, PERIOD_PRIORITY, wasDismissed } from '../../orders/store/dismissed.ts'
import type { ImportPurpose, ImportSource, ReadFor } from '../../orders/store/stage.ts'
import type { Clock } from '../../platform/clock.ts'
import { statement } from '../../platform/db/statement.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import type { NewId } from '../../platform/ids.ts'
import { dueOfMany } from '../../worker/statements.ts'
import { askForMs, NOT_FOUND, PENDING, STORAGE_REFUSES } from './retry-schedule.ts'

/**
 * Priorities of a shop's requests; smaller is sooner. The closed set lets the scheduler look each one up in
 * the index (shop, state, priority, due time).
 */
export const PRIORITY = {
  newOrder: 0,
  /** A new order that was asked for before, and a mail's numbers beyond its first: first ones go first. */
  again: 2,
  /** An unverified sender's mail names it, and nobody else. */
  doubtful: 4,
  refresh: 10,
  doubtfulAgain: 12,
  period: PERIOD_PRIORITY,
  sweep: 30,
} as const

export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY]

export const PRIORITIES: readonly Priority[] = Object.values(PRIORITY)

export interface NewImportRequest {
  tenantId: string
  shopId: string
  orderNumber: string
  /**
   * `import` stages the order if it is not here; `refresh` reads again what the mall says of it now;
   * `reimport` does so for a person, who said what is to become of the differences (reimport_orders).
   */
  purpose: ImportPurpose
  source: ImportSource
  mailId?: string
  /** Not before this time; now when left out. */
  dueAt?: Date
  priority?: Priority
  /** Trust in the mail's sender. */
  trust?: MailTrust
  /** Not the first that its mail asks for. */
  additional?: true
}

export interface RequestedImports {
  /** Shops that have something new to do at once: wake these, after the transaction has been committed. */
  shopIds: string[]
  /** New rows. Numbers that were being asked for already are not counted. */
  created: number
}

/**
 * Stores import requests in one statement, hundreds at once. There is one open request per shop, number and
 * purpose: asked for again, an open one is only moved forward, and only by somebody who knows something new
 * (a mail, a person, the end of Yahoo!'s read-only minutes). A sweep merely repeats what is known and leaves
 * the retry time alone; what it asks for is from then on asked for by them: a sweep leaves out what was done
 * before the shop came, they do not. Each time is counted (`asks`): the answer that is on its way by then may
 * be older than what somebody has just heard of, and does not end the request. A cancellation was lost so
 * until the next sweep.
 */
export async function requestImports(
  queries: Queries,
  deps: { newId: NewId; clock: Clock },
  requests: readonly NewImportRequest[],
): Promise<RequestedImports> {
  if (requests.length === 0) return { shopIds: [], created: 0 }
  const now = deps.clock.now()
  const rows = toRows(requests, deps.newId, now)
  const { rows: touched } = await queries.query<TouchedRow>(INSERT({ requests: rows, now: new Date(now) }))
  return {
    shopIds: [...new Set(touched.filter((row) => row.due).map((row) => row.shop_id))],
    created: touched.filter((row) => row.created).length,
  }
}

interface TouchedRow {
  id: string
  order_number: string
  shop_id: string
  due: boolean
  created: boolean
}

/** Columns that `jsonb_to_recordset` makes of rows from `toRequestRow`. */
export const REQUEST_COLUMNS = `(id uuid, tenant_id uuid, shop_id uuid, order_number text, purpose text, source text,
  mail_id uuid, priority int, trust text, due_at timestamptz, expires_at timestamptz)`

/**
 * The statement that stores requests; it may also stand in a WITH. It gives `id`, `shop_id` (text),
 * `order_number`, `due` and `created` of what it touched.
 * @param rows FROM item with REQUEST_COLUMNS, each shop, number and purpose once
 * @param now SQL of the present time
 */
// Sorted, so that two transactions with the same numbers queue up behind each other instead of
// dead-locking. A sweep leaves what only an unverified sender named to `believeListed`: else it would take
// the mark off and leave the late turn.
export const insertRequests = (rows: string, now: string): string => `
insert into import_requests as open (id, tenant_id, shop_id, order_number, purpose, source, mail_id, state, priority, trust, attempts,
  next_attempt_at, expires_at, requested_at)
select id, tenant_id, shop_id, order_number, purpose, source, mail_id, 'waiting', priority, trust, 0, due_at, expires_at, ${now}
from ${rows}
order by shop_id, order_number, purpose
on conflict (shop_id, order_number, purpose) where state = 'waiting' do update set
  next_attempt_at = case when excluded.source = 'sweep' then open.next_attempt_at
    else least(open.next_attempt_at, excluded.next_attempt_at) end,
  asks = open.asks + (excluded.next_attempt_at <= ${now})::int,
  expires_at = greatest(open.expires_at, excluded.expires_at),
  priority = case when excluded.source = 'sweep' then open.priority else least(open.priority, excluded.priority) end,
  source = case when open.source = 'sweep' or (${isByHand('excluded')} or excluded.source <> 'sweep' and ${isOfPeriod('open')})
    and ${wasDismissed('open.shop_id', 'open.order_number')} then excluded.source else open.source end,
  mail_id = coalesce(open.mail_id, excluded.mail_id),
  trust = case when open.trust = 'unknown' then excluded.trust else open.trust end
where case when excluded.source = 'sweep' then open.purpose = 'refresh' and excluded.next_attempt_at <= ${now}
  else open.next_attempt_at > excluded.next_attempt_at or open.priority > excluded.priority or excluded.next_attempt_at <= ${now}
    or open.trust = 'unknown' and excluded.trust is distinct from 'unknown' end
returning id, shop_id::text, order_number, next_attempt_at <= ${now} as due, xmax = 0 as created`

const INSERT = statement(
  { requests: 'jsonb', now: 'timestamptz' },
  insertRequests(`jsonb_to_recordset(:requests) as new ${REQUEST_COLUMNS}`, ':now'),
)

function toRows(requests: readonly NewImportRequest[], newId: NewId, now: number) {
  const rows = new Map<string, RequestRow>()
  for (const request of requests) {
    const key = `${request.shopId} ${request.purpose} ${request.orderNumber}`
    const row = toRequestRow(request, newId, now)
    const known = rows.get(key)
    if (known) merge(known, row)
    else rows.set(key, row)
  }
  return [...rows.values()]
}

type RequestRow = ReturnType<typeof toRequestRow>

/** @param now milliseconds */
export function toRequestRow(request: NewImportRequest, newId: NewId, now: number) {
  const dueAt = request.dueAt ?? new Date(now)
  return {
    id: newId(),
    tenant_id: request.tenantId,
    shop_id: request.shopId,
    order_number: request.orderNumber,
    purpose: request.purpose,
    source: request.source,
    mail_id: request.mailId ?? null,
    priority: request.priority ?? defaultPriority(request),
    trust: request.trust ?? null,
    due_at: dueAt,
    expires_at: new Date(dueAt.getTime() + askForMs(request.trust)),
  }
}

/** The same number twice in one call, as when two mails name it: the statement may touch a row only once. */
function merge(kept: RequestRow, other: RequestRow): void {
  kept.priority = Math.min(kept.priority, other.priority) as Priority
  kept.mail_id ??= other.mail_id
  if (kept.trust === 'unknown') kept.trust = other.trust
  if (other.due_at < kept.due_at) kept.due_at = other.due_at
}

function defaultPriority({ purpose, source, trust, additional }: NewImportRequest): Priority {
  if (source === 'sweep') return PRIORITY.sweep
  if (trust === 'unknown') return purpose === 'import' ? PRIORITY.doubtful : PRIORITY.doubtfulAgain
  if (purpose !== 'import') return PRIORITY.refresh
  return additional ? PRIORITY.again : PRIORITY.newOrder
}

/** An order that is here, to be read once more. */
export interface ReadAgain {
  tenantId: string
  shopId: string
  orderNumber: string
}

/**
 * Asks for orders that are here once more, for the service itself. One that is being asked for is left alone.
 * One whose last refresh was given up begins anew with a single attempt, so that an order which cannot be
 * read costs one call each time and stays one failure on the board.
 */
export async function readAgain(
  queries: Queries,
  deps: { newId: NewId; clock: Clock },
  orders: readonly ReadAgain[],
  source: 'sweep' | 'window',
): Promise<void> {
  if (orders.length === 0) return
  const now = deps.clock.now()
  const wanted = orders.map(
    (order) => ({ ...order, purpose: 'refresh', source, priority: PRIORITY.sweep }) as const,
  )
  await queries.query(READ_AGAIN({ requests: toRows(wanted, deps.newId, now), now: new Date(now) }))
}

// Attempts and result stay: they say that it is to be asked for alone, and given up at the first failure.
const READ_AGAIN = statement(
  { requests: 'jsonb', now: 'timestamptz' },
  `
with wanted as (
  select * from jsonb_to_recordset(:requests) as w ${REQUEST_COLUMNS} where not exists (
    select from import_requests r where r.shop_id = w.shop_id and r.order_number = w.order_number and r.purpose = 'refresh' and r.state = 'waiting')
), failed as materialized (
  select distinct on (r.shop_id, r.order_number) r.id, r.shop_id, r.order_number
  from wanted w join import_requests r on r.shop_id = w.shop_id and r.order_number = w.order_number
  where r.purpose = 'refresh' and r.state = 'failed'
  order by r.shop_id, r.order_number, r.requested_at desc
), anew as (
  update import_requests r set state = 'waiting', trust = null, priority = ${PRIORITY.sweep}, next_attempt_at = :now, expires_at = :now,
    pending_until = null, finished_at = null
  from failed where r.id = failed.id and r.state = 'failed'
)
insert into import_requests (id, tenant_id, shop_id, order_number, purpose, source, state, priority, attempts, next_attempt_at, expires_at, requested_at)
select w.id, w.tenant_id, w.shop_id, w.order_number, w.purpose, w.source, 'waiting', w.priority, 0, w.due_at, w.expires_at, :now
from wanted w
where not exists (select from failed f where f.shop_id = w.shop_id and f.order_number = w.order_number)
order by w.shop_id, w.order_number
on conflict (shop_id, order_number, purpose) where state = 'waiting' do nothing`,
)

/**
 * The mall's own list names these: whoever wrote of them, they are orders, and those that only an
 * unverified sender's mail asked for go with the others, at once. Those that were given up on an unverified
 * sender's word alone are asked for anew.
 */
export async function believeListed(
  queries: Queries,
  shopId: string,
  orderNumbers: readonly string[],
  at: Date,
): Promise<void> {
  if (orderNumbers.length === 0) return
  const expiresAt = new Date(at.getTime() + askForMs())
  await queries.query(BELIEVE({ shop: shopId, numbers: orderNumbers, at, expiresAt }))
}

const BELIEVE = statement(
  { shop: 'uuid', numbers: 'text[]', at: 'timestamptz', expiresAt: 'timestamptz' },
  `
update import_requests set trust = null, priority = ${PRIORITY.newOrder}, next_attempt_at = least(next_attempt_at, :at), expires_at = :expiresAt
where id in (
  select id from import_requests where shop_id = :shop and order_number = any(:numbers) and state = 'waiting' and trust = 'unknown'
  order by id for update)`,
)

/** Codes of attempts after which nothing speaks against the order. */
export const INNOCENT: readonly string[] = [NOT_FOUND, PENDING, STORAGE_REFUSES]

/** A waiting request whose time has come. */
export interface DueRequest extends ReadFor {
  shopId: string
  /** When it was asked for, or the mail behind it was sent. */
  requestedAt: Date
  mailSentAt: Date | null
  /** When the order was placed, as far as a sweep's list told. */
  placedAt?: Date | null
  attempts: number
  /** Attempts with a broken answer: a number still unknown to the mall is not at fault. */
  brokenAttempts: number
  priority: number
  /** `asks` when the mall last told of a change of it before it was here; left out of a new one. */
  changedAsk?: number | null
  expiresAt: Date
  /** When an order that the mall holds back is given up; null as long as it does not. */
  pendingUntil: Date | null
  /** Code of the last attempt, which did not end the request. */
  lastCode: string | null
  /** Trust in the mail behind it; null when something else requests it. */
  trust: MailTrust | null
}

/** Only an unverified sender's mail names it. */
export const isDoubtful = ({ trust }: Pick<DueRequest, 'trust'>): boolean => trust === 'unknown'

/** Shops with due requests. Where very many are due, each shop and priority is one look into the index. */
export const readShopsWithDueRequests = dueOfMany({
  table: 'import_requests',
  waits: "c.state = 'waiting'",
  latest: 'c.next_attempt_at',
  and: 'true',
  youngest: `
    select max(r.due_at) as due_at from unnest('{${PRIORITIES}}'::int[]) as p (priority)
    cross join lateral (
      select next_attempt_at as due_at from import_requests
      where shop_id = w.shop_id and state = 'waiting' and priority = p.priority and next_attempt_at <= :now
      order by next_attempt_at desc limit 1
    ) r`,
  probes: true,
})

export const isBroken = (code: string): boolean => !INNOCENT.includes(code)

/**
 * Ends the wait of one number that somebody has just seen the mall give. False when nothing waits.
 * @param held the mall still holds it back: what waits for that already goes on waiting
 */
export async function endWaitOf(
  queries: Queries,
  { shopId, orderNumber, held }: { shopId: string; orderNumber: string; held: boolean },
  now: Date,
): Promise<boolean> {
  const { rowCount } = await queries.query(
    END_WAIT_OF({ shop: shopId, number: orderNumber, now, except: held ? PENDING : '' }),
  )
  return (rowCount ?? 0) > 0
}

const END_WAIT_OF = statement(
  { shop: 'uuid', number: 'text', now: 'timestamptz', except: 'text' },
  `
update import_requests set next_attempt_at = :now, asks = asks + 1
where shop_id = :shop and order_number = :number and state = 'waiting' and next_attempt_at > :now and outcome is distinct from :except`,
)

/**
 * Limit of a shop in a minute: what is due together after a long stop must not use up its quota. The rest
 * comes minute by minute.
 */
export const MOST_READ_AGAIN = 10

export const RETRY_REQUEST = statement(
  { id: 'uuid', tenant: 'uuid', now: 'timestamptz', expiresAt: 'timestamptz' },
  `
update import_requests r set state = 'waiting', asks = asks + 1,
  source = case when state = 'failed' or ${wasDismissed('r.shop_id', 'r.order_number')} then 'person' else source end,
  priority = case when ${isOfPeriod('r')} then ${PRIORITY.newOrder} else priority end,
  trust = null, attempts = case when state = 'failed' then 0 else attempts end, next_attempt_at = :now, expires_at = :expiresAt,
  pending_until = case when state = 'failed' then null else pending_until end, outcome = null, message = null, sealed_mall_message = null, finished_at = null
where id = :id and tenant_id = :tenant and state <> 'done'`,
)

export const RETRY_FAILED = statement(
  { tenant: 'uuid', now: 'timestamptz', expiresAt: 'timestamptz', outcome: 'text?', shop: 'uuid?' },
  `
update import_requests r set state = 'waiting', asks = asks + 1, trust = null, attempts = 0,
  source = case when ${wasDismissed('r.shop_id', 'r.order_number')} then r.source else 'person' end, next_attempt_at = :now, expires_at = :expiresAt,
  pending_until = null, outcome = null, message = null, sealed_mall_message = null, finished_at = null
where r.state = 'failed' and r.id in (
  select distinct on (f.shop_id, f.order_number, f.purpose) f.id from import_requests f
  where f.shop_id in (select id from shops where tenant_id = :tenant) and f.state = 'failed' and (:outcome is null or f.outcome = :outcome)
    and (:shop is null or f.shop_id = :shop)
    and not exists (
      select from import_requests o where o.shop_id = f.shop_id and o.order_number = f.order_number and o.purpose = f.purpose
        and o.state = 'waiting')
  order by f.shop_id, f.order_number, f.purpose, f.requested_at desc
)
returning r.shop_id::text as "shopId"`,
)

/**
 * Ends a person's unwanted requests. An order that is here and held keeps a time at which it is read again:
 * only the request that was dismissed had one.
 */
export const DISMISS_NUMBER = statement(
  {
    id: 'uuid',
    tenant: 'uuid',
    shop: 'uuid',
    number: 'text',
    at: 'timestamptz',
    outcome: 'text',
    message: 'text',
  },
  `
with dismissed as (
  update import_requests set state = 'done', outcome = :outcome, message = :message, finished_at = :at
  where tenant_id = :tenant and shop_id = :shop and order_number = :number and state in ('waiting', 'failed')
    and exists (select from import_requests this where this.id = :id and this.state in ('waiting', 'failed'))
    and (id = :id or not exists (select from orders where shop_id = :shop and order_number = :number))
  returning id, next_attempt_at
), held as (
  update orders o set next_check_at = greatest(d.next_attempt_at, :at + interval '1 hour')
  from dismissed d
  where o.shop_id = :shop and o.order_number = :number and d.id = :id and o.next_check_at is null and o.mall_state = 'open' and o.holds <> '{}'
)
select id from dismissed`,
)

/** Enough to tell why an order was late; an order that is asked for all day has many more. */
const RETRIES_KEPT = 20

/** Results by request; `rawOf` and `raws` are the unreadable answers, sealed, in step. */
export const WRITE_RESULTS = statement(
  { at: 'timestamptz', results: 'jsonb', rawOf: 'uuid[]', raws: 'bytea[]' },
  `
with result as (
  select * from jsonb_to_recordset(:results) as a (id uuid, known_attempts int, asks int, state text, tried bool,
    next_attempt_at timestamptz, pending_until timestamptz, expires_at timestamptz, code text, message text, mall_message text)
), sealed as (
  select * from unnest(:rawOf, :raws) as s (id, raw)
), held as materialized (
  select r.id from import_requests r join result a using (id) where r.state = 'waiting'
  order by r.shop_id, r.order_number, r.purpose for update of r
)
update import_requests r set
  state = a.state::import_state,
  attempts = r.attempts + a.tried::int,
  priority = case when not a.tried then r.priority when r.priority = ${PRIORITY.newOrder} then ${PRIORITY.again}
    when r.priority = ${PRIORITY.doubtful} then ${PRIORITY.doubtfulAgain} else r.priority end,
  next_attempt_at = coalesce(a.next_attempt_at, r.next_attempt_at),
  pending_until = coalesce(a.pending_until, r.pending_until),
  expires_at = greatest(r.expires_at, a.expires_at),
  retries = case when a.tried and a.state <> 'done' then
    (case when jsonb_array_length(r.retries) >= ${RETRIES_KEPT} then r.retries - 0 else r.retries end)
      || jsonb_build_object('at', :at, 'code', a.code)
    else r.retries end,
  outcome = a.code,
  message = a.message,
  sealed_mall_message = decode(a.mall_message, 'hex'),
  sealed_raw = coalesce(s.raw, r.sealed_raw),
  finished_at = case when a.state = 'waiting' then null else :at end
from held join result a using (id) left join sealed s using (id)
where r.id = held.id and r.state = 'waiting' and r.attempts = a.known_attempts and r.asks = a.asks`,
)

/**
 * SQL condition: the shop's own list lacks the number; a listed one is the shop's, whoever else has it. A
 * value and no `exists`, here and below: as a join, the plan may read all that the shop ever listed.
 */
const unlisted = (shopId: string, orderNumber: string): string =>
  `(select w.state from swept_orders w where w.shop_id = ${shopId} and w.order_number = ${orderNumber}) is null`

// An order that was skipped, as one that the mall ships itself, is never here and known all the same.
export const LIST_OWNERS = statement(
  { shop: 'uuid', others: 'uuid[]', numbers: 'text[]', leftOut: 'text[]' },
  `
select distinct on (k.order_number) k.order_number as "orderNumber",
  (select s.name from shops s where s.id = k.shop_id) as owner
from (
  select o.order_number, o.shop_id from orders o where o.shop_id = any(:others) and o.order_number = any(:numbers)
  union all
  select r.order_number, r.shop_id from import_requests r
  where r.shop_id = any(:others) and r.order_number = any(:numbers) and r.outcome = any(:leftOut)
) k
where ${unlisted(':shop', 'k.order_number')}
order by k.order_number`,
)

export const END_FOR_OTHER_SHOPS = statement(
  {
    shops: 'uuid[]',
    numbers: 'text[]',
    at: 'timestamptz',
    outcome: 'text',
    message: 'text',
    unique: 'bool',
    notFound: 'text',
    attempts: 'int',
  },
  `
with others as (
  select r.id from import_requests r
  where r.shop_id = any(:shops) and r.order_number = any(:numbers) and r.state in ('waiting', 'failed')
    and r.source = 'mail' and r.purpose <> 'reimport'
    and (:unique or (r.outcome = :notFound and r.pending_until is null and r.attempts >= :attempts))
    and (select o.id from orders o where o.shop_id = r.shop_id and o.order_number = r.order_number) is null
    and ${unlisted('r.shop_id', 'r.order_number')}
  for update of r skip locked
)
update import_requests r set state = 'done', finished_at = :at, outcome = :outcome, message = :message, sealed_mall_message = null
from others where r.id = others.id`,
)

export const CLAIM_HELD_ORDERS = statement(
  { at: 'timestamptz', perMinute: 'int', limit: 'int' },
  `
with due as materialized (
  select id, shop_id from orders where next_check_at <= :at order by next_check_at limit :limit for no key update skip locked
), placed as (
  select id, (row_number() over (partition by shop_id order by id) - 1) / :perMinute as minutes from due
), moved as (
  update orders o set next_check_at = :at + case when p.minutes = 0 then interval '1 hour' else make_interval(mins => p.minutes::int) end
  from placed p where o.id = p.id
  returning o.tenant_id, o.shop_id, o.order_number, p.minutes
)
select tenant_id::text as "tenantId", shop_id::text as "shopId", order_number as "orderNumber" from moved where minutes = 0`,
)
