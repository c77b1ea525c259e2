import type { Pool, PoolClient } from 'pg'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import type { Clock } from '../platform/clock.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import { durably, inTransaction, type Queries } from '../platform/db/transaction.ts'
import { LeaseLost } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import { makesGood } from './decide.ts'
import { type Reason, WAITS_BY_WISH } from './reasons.ts'
import type { WantedChange } from './schemas.ts'
import {
  answersContext,
  mallMessageContext,
  openTexts,
  payloadsContext,
  type StoredParameters,
  sealTexts,
} from './sealed-texts.ts'
import { type HeldChange, type Step, type StoredSteps, withoutWords, wordsOf } from './steps.ts'

/** Longer than the reads and the one call that can happen between two writes under the lease. */
export const LEASE_MS = 3 * 60_000
/** Longest wait for a mall that cannot be reached or refuses the key. */
export const EXPIRES_AFTER_MS = 7 * 24 * 60 * 60_000

export interface StoreDeps {
  pool: Pool
  sealer: Sealer
}

/**
 * The change stays with this worker: what is known of its steps, and the lease for another while. @throws
 * LeaseLost
 */
export async function saveSteps(
  { pool, sealer }: StoreDeps,
  change: HeldChange,
  events: readonly ChangeEvent[],
  now: Date,
): Promise<void> {
  const values = [
    ...stepValues(sealer, change),
    now,
    new Date(now.getTime() + LEASE_MS),
    JSON.stringify(events),
    change.orderId,
  ]
  const { rowCount } = await durably(pool, (queries) => queries.query(SAVE_STEPS, values))
  if (rowCount === 0) throw new LeaseLost('the site change')
}

const STEPS = 'steps = $3::jsonb, attempts = $5, suspect = $6, deadline = $7, sealed_answers = $8'

function stepValues(sealer: Sealer, change: HeldChange): unknown[] {
  const { id, leaseToken, attempts, suspect, deadline } = change
  const { steps, sealedPayloads, sealedAnswers } =
    change.unreadable ?? storedSteps(sealer.of(change.tenantId), change)
  return [
    id,
    leaseToken,
    JSON.stringify(steps),
    sealedPayloads,
    attempts,
    suspect,
    deadline === null ? null : new Date(deadline),
    sealedAnswers,
  ]
}

function storedSteps(sealer: RowSealer, { id, steps }: HeldChange): StoredSteps {
  const payloads = steps.map(({ payload }) => payload)
  const answers = steps.map(({ answer }) => wordsOf(answer))
  return {
    steps: steps.map(inClear),
    sealedPayloads: steps.length === 0 ? null : Buffer.from(sealer.sealJson(payloadsContext(id), payloads)),
    sealedAnswers: answers.every((answer) => answer === null)
      ? null
      : Buffer.from(sealer.sealJson(answersContext(id), answers)),
  }
}

const inClear = ({ payload: _, ...step }: Step) => ({
  ...step,
  answer: step.answer && withoutWords(step.answer),
})

// The order first, as everybody takes them: a line of the timeline locks it too, and who deletes it wants its
// changes then.
const SAVE_STEPS = `
with known as materialized (
  select id from orders where id = $12 for key share
), held as (
  update site_changes set ${STEPS}, sealed_payloads = $4, updated_at = $9, lease_until = $10
  where id = $1 and lease_token = $2 and state = 'changing' and order_id = (select id from known)
  returning id
), noted as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select e.id, e.order_id, e.at, e.kind, e.actor, e.data
  from jsonb_to_recordset($11::jsonb) as e (id uuid, order_id uuid, at timestamptz, kind text, actor text, data jsonb)
  cross join held
)
select id from held`

/** State in which a change leaves its worker. */
export interface Leaving {
  state: 'queued' | 'changing' | 'succeeded' | 'warning' | 'failed'
  reason: Reason | null
  /** It goes on waiting for what it waited for: the reason that it has stays. */
  keepsReason?: boolean
  /** For what goes on; when it is looked at again, or at once where it was woken meanwhile. */
  nextAttemptAt: Date
  events: readonly ChangeEvent[]
  now: Date
  /** Written in the same transaction: what was read of the order. */
  also?: ((client: PoolClient) => Promise<void>) | undefined
}

/** Gives a change back or ends it, with its order's state, in one transaction. @throws LeaseLost */
export async function leave(deps: StoreDeps, change: HeldChange, leaving: Leaving): Promise<void> {
  const { now, events, state, also } = leaving
  const work = async (client: PoolClient): Promise<void> => {
    await lockOrders(client, [change.orderId])
    const { rowCount } = await client.query(LEAVE, [
      ...stepValues(deps.sealer, change),
      now,
      ...leaveValues(deps.sealer, change, leaving),
    ])
    if (rowCount === 0) throw new LeaseLost('the site change')
    await also?.(client)
    await writeEvents(client, events)
    if (state === 'succeeded') await supersede(client, deps.sealer, change, now)
    await writeOrderStates(client, [change.orderId], now)
  }
  await retryable(() => inTransaction(deps.pool, work))
}

const leaveValues = (
  sealer: Sealer,
  { id, tenantId, dueAt }: HeldChange,
  { state, reason, nextAttemptAt, keepsReason = false }: Leaving,
): unknown[] => [
  state,
  nextAttemptAt,
  reason?.code ?? null,
  clean(reason?.message),
  clean(reason?.nextStep),
  clean(reason?.mallCode),
  reason?.mallMessage &&
    Buffer.from(sealer.of(tenantId).sealText(mallMessageContext(id), reason.mallMessage)),
  dueAt,
  keepsReason,
]

// Postgres knows no NUL in text, and a mall's words may hold anything.
const clean = (text: string | null | undefined): string | null =>
  text?.replaceAll('\0', '').slice(0, 2_000) ?? null

const LEAVE = `
update site_changes set ${STEPS}, updated_at = $9, state = $10::change_state,
  next_attempt_at = case when next_attempt_at = $17::timestamptz then $11 else least($11, $9::timestamptz) end,
  expires_at = case when $12 = '${WAITS_BY_WISH}' then greatest(expires_at, $11::timestamptz + interval '7 days') else expires_at end,
  code = case when $18 then code else $12 end, message = case when $18 then message else $13 end,
  next_step = case when $18 then next_step else $14 end, mall_code = case when $18 then mall_code else $15 end,
  sealed_mall_message = case when $18 then sealed_mall_message else $16::bytea end, mall_message = null,
  lease_token = null, lease_until = null, sealed_payloads = case when $10 = 'succeeded' then null else $4::bytea end,
  finished_at = case when $10 in ('queued', 'changing') then null else $9::timestamptz end
where id = $1 and lease_token = $2 and state = 'changing'`

/** Takes off the order what a success has made good: nobody needs to look at it any more. */
async function supersede(
  client: PoolClient,
  sealer: Sealer,
  change: Pick<HeldChange, 'id' | 'tenantId' | 'action' | 'parameters'>,
  now: Date,
): Promise<void> {
  const { rows } = await client.query<{ id: string } & StoredParameters>(LIST_EARLIER_FAILURES, [change.id])
  const made = rows.filter((row) =>
    makesGood(change, {
      action: change.action,
      parameters: ifOpens(() => openTexts(sealer.of(change.tenantId), row.id, row)),
    }),
  )
  if (made.length > 0) await client.query(DISMISS_CHANGES, [made.map(({ id }) => id), now])
}

const LIST_EARLIER_FAILURES = `
select e.id::text, e.parameters, e.sealed_texts as "sealedTexts" from site_changes c join site_changes e on e.order_id = c.order_id
where c.id = $1 and e.action = c.action and e.position < c.position and e.state in ('warning', 'failed') and e.dismissed_at is null`

export const DISMISS_CHANGES =
  'update site_changes set dismissed_at = $2, updated_at = $2 where id = any($1::uuid[])'

/** The mall takes no writes for now: what waits for its first attempt waits as well. */
export async function pauseQueued(pool: Pool, shopId: string, reason: Reason, until: Date): Promise<void> {
  await pool.query(
    `update site_changes set next_attempt_at = $2, code = $3, message = $4, next_step = $5
     where shop_id = $1 and state = 'queued' and next_attempt_at < $2`,
    [shopId, until, reason.code, clean(reason.message), clean(reason.nextStep)],
  )
}

export interface OrderFacts {
  id: string
  shopId: string
  marketplace: MarketplaceName
}

export const LIST_REQUESTED = `
select id::text, shop_id::text as "shopId", marketplace::text,
  array(select c.action from site_changes c where c.order_id = orders.id and c.state in ('queued', 'changing')) as "underWay",
  case when id = any($3::uuid[]) then sealed_detail end as "sealedDetail",
  case when id = any($3::uuid[]) then sealed_edits end as "sealedEdits"
from orders where tenant_id = $1 and id = any($2::uuid[])`

export const LIST_KNOWN = 'select id::text from orders where tenant_id = $1 and id = any($2::uuid[])'

export interface CheckedChange {
  order: OrderFacts
  action: WantedChange['action']
  parameters: Record<string, unknown>
}

/**
 * Takes the orders' rows, in one order for everybody, before anything of their changes is written: whoever
 * writes `orders.change_state` has then seen all that was written before. No stronger than that: `for update`
 * would also keep a line of the timeline from being written, whose writer may hold the change that is waited
 * for here, and both would dead-lock.
 */
export async function lockOrders(queries: Queries, orderIds: readonly string[]): Promise<void> {
  await queries.query('select 1 from orders where id = any($1::uuid[]) order by id for no key update', [
    [...new Set(orderIds)],
  ])
}

/**
 * ステータス変更状態 of orders: what is open first, then what nobody has seen yet and is worst. The orders are locked.
 * Leaves `version` alone: it guards what staff edit, and a worker must not fail their edit.
 */
export async function writeOrderStates(
  queries: Queries,
  orderIds: readonly string[],
  at: Date,
): Promise<void> {
  await queries.query(
    `with wanted as (
       select o.id, coalesce((
         select c.state from site_changes c where c.order_id = o.id and c.dismissed_at is null
         order by array_position(array['changing', 'queued', 'failed', 'warning', 'succeeded']::change_state[], c.state)
         limit 1
       ), 'none') as state
       from orders o where o.id = any($1::uuid[])
     )
     update orders o set change_state = w.state, updated_at = $2
     from wanted w where o.id = w.id and o.change_state <> w.state`,
    [[...new Set(orderIds)], at],
  )
}

/** Events that a change leaves in its order's timeline; facts only, no personal data. */
export type ChangeEventKind =
  | 'change_requested'
  | 'change_sent'
  | 'change_answered'
  | 'change_read'
  | 'change_waiting'
  | 'change_succeeded'
  | 'change_warning'
  | 'change_failed'
  | 'change_retried'
  | 'change_dismissed'

export interface ChangeEvent {
  id: string
  order_id: string
  at: Date
  kind: ChangeEventKind
  actor: string
  data: Record<string, unknown>
}

export type MakeEvent = (kind: ChangeEventKind, data?: Record<string, unknown>) => ChangeEvent

export const eventsOf =
  (
    newId: NewId,
    change: { id: string; orderId: string; action: string },
    at: Date,
    actor = 'worker',
  ): MakeEvent =>
  (kind, data = {}) => ({
    id: newId(),
    order_id: change.orderId,
    at,
    kind,
    actor,
    data: { changeId: change.id, action: change.action, ...data },
  })

export async function writeEvents(queries: Queries, events: readonly ChangeEvent[]): Promise<void> {
  if (events.length === 0) return
  await queries.query(
    `insert into order_events (id, order_id, at, kind, actor, data)
     select e.id, e.order_id, e.at, e.kind, e.actor, e.data
     from jsonb_to_recordset($1::jsonb) as e (id uuid, order_id uuid, at timestamptz, kind text, actor text, data jsonb)`,
    [JSON.stringify(events)],
  )
}

export interface InsertDeps {
  sealer: Sealer
  newId: NewId
}

interface ChangeOrigin {
  tenantId: string
  /** key:<api key id>, or import */
  actor: string
  /** Idempotency-Key with the keyed hash of its request. */
  request: { key: string; hash: Uint8Array | null } | null
}

/** Queues changes of orders whose rows are locked: behind existing ones, in the order given. */
export async function insertChanges(
  queries: Queries,
  deps: InsertDeps,
  origin: ChangeOrigin,
  changes: readonly CheckedChange[],
  at: Date,
): Promise<string[]> {
  const rows = changes.map((change, index) => toRow(deps, origin, change, index))
  await queries.query(INSERT_CHANGES, [
    JSON.stringify(rows.map(({ sealedTexts: _, ...row }) => row)),
    rows.map(({ id }) => id),
    rows.map(({ sealedTexts }) => sealedTexts),
    origin.tenantId,
    origin.actor,
    origin.request?.key ?? null,
    origin.request?.hash ? Buffer.from(origin.request.hash) : null,
    at,
    new Date(at.getTime() + EXPIRES_AFTER_MS),
  ])
  const orderIds = rows.map((row) => row.order_id)
  await writeOrderStates(queries, orderIds, at)
  await writeEvents(
    queries,
    rows.map((row) =>
      eventsOf(
        deps.newId,
        { id: row.id, orderId: row.order_id, action: row.action },
        at,
        origin.actor,
      )('change_requested'),
    ),
  )
  return rows.map(({ id }) => id)
}

function toRow(deps: InsertDeps, { tenantId }: ChangeOrigin, change: CheckedChange, index: number) {
  const id = deps.newId()
  const { parameters, sealedTexts } = sealTexts(deps.sealer.of(tenantId), id, change.parameters)
  const { order, action } = change
  return { id, index, order_id: order.id, shop_id: order.shopId, action, parameters, sealedTexts }
}

const INSERT_CHANGES = `
with wanted as (
  select w.*, s.texts from jsonb_to_recordset($1::jsonb) as w (id uuid, index int, order_id uuid, shop_id uuid, action text, parameters jsonb)
  join unnest($2::uuid[], $3::bytea[]) as s (id, texts) using (id)
), placed as (
  select w.*, coalesce((select max(position) from site_changes c where c.order_id = w.order_id), 0)
    + row_number() over (partition by w.order_id order by w.index) as position
  from wanted w
)
insert into site_changes (id, tenant_id, shop_id, order_id, position, action, parameters, sealed_texts, state, next_attempt_at,
  expires_at, request_key, request_index, request_hash, actor, requested_at, updated_at)
select id, $4, shop_id, order_id, position, action, parameters, texts, 'queued', $8, $9, $6, index, $7, $5, $8, $8
from placed`

/** What leaves 保留 by it notes reason and day in the timeline, from which `restoreOnHold` takes them. */
export const FOLLOW_STATUS = `
with before as (
  select o.id, o.status, o.on_hold_date as until, o.sealed_on_hold_reason as reason from orders o join tenants t on t.id = o.tenant_id
  where o.id = $1 and o.status <> $2::order_status and ($4 or (t.status_follows_mall and o.status = any($5::order_status[])))
), moved as (
  update orders o set status = $2::order_status, version = o.version + 1, updated_at = $3
  from before b where o.id = b.id
)
insert into order_events (id, order_id, at, kind, actor, data, sealed_reason)
select $6::uuid, id, $3, 'moved', 'worker', jsonb_strip_nulls(
  jsonb_build_object('from', status, 'to', $2::text, 'changeId', $7::text, 'onHoldDate', until)), reason from before`

/** Changes of one transaction. */
const MOST_EXPIRED = 200

const UNCLAIMED = '(c.lease_until is null or c.lease_until <= $1)'

/** @param which STANDING_STILL or LATE */
export const listExpiring = (which: string): string =>
  `select c.id::text, c.order_id::text as "orderId" ${which} limit ${MOST_EXPIRED}`

/** @param which STANDING_STILL or LATE, looked at again behind the lock of their orders */
export const moveExpiring = (which: string): string => `
update site_changes t set state = $2::change_state, deadline = null, code = $3, message = $4, next_step = $5,
  lease_token = null, lease_until = null, updated_at = $1,
  finished_at = case when $2 = 'queued' then null else $1::timestamptz end
where t.id = any($6::uuid[]) and t.id in (select c.id ${which})
returning t.id::text, t.order_id::text as "orderId", t.action`

/** A closed lane alone is left to pass until the time in 変更中 is used up: most are closed for seconds. */
export const STANDING_STILL = `
from site_changes c join shops s on s.id = c.shop_id join tenants t on t.id = s.tenant_id
where c.state = 'changing' and ${UNCLAIMED} and (not s.enabled or t.status <> 'active' or s.attention_code is not null
  or (s.lane_closed_until > $1 and c.deadline <= $1))`

export const LATE = `
from site_changes c where c.state in ('queued', 'changing') and c.expires_at <= $1 and ${UNCLAIMED}`

const COUNT_OPEN = `
select state::text, count(*)::int as count, min(case state when 'changing' then started_at else requested_at end) as since
from site_changes where state <> 'succeeded' and dismissed_at is null group by state`

export const LOCK_CHANGE = `
select id::text, shop_id::text as "shopId", order_id::text as "orderId", action, state::text, code, steps, dismissed_at as "dismissedAt"
from site_changes where id = $1 for update`

export const RETRY_CHANGE = `
update site_changes set state = 'queued', steps = $2::jsonb, attempts = 0, suspect = false, next_attempt_at = $3, expires_at = $4,
  deadline = null, finished_at = null, dismissed_at = null, code = null, message = null, next_step = null, mall_code = null,
  mall_message = null, sealed_mall_message = null, updated_at = $3
where id = $1`

export const FIND_BY_KEY =
  'select request_hash as hash from site_changes where tenant_id = $1 and request_key = $2 limit 1'

export const LOCK_KEY = 'select pg_advisory_xact_lock(hashtextextended($1, 0))'

// One that is held may have read its order before: the end of its lease, which it was never due at, tells its
// holder of the wake.
export const WAKE_WAITING = `
update site_changes set next_attempt_at = greatest($2, lease_until)
where order_id = any($1::uuid[]) and state in ('queued', 'changing') and (next_attempt_at > $2 or lease_until > $2)`

export const LIST_NOT_ASKED = `
select o.id::text from orders o join unnest($1::uuid[], $3::text[]) as w (id, holds) using (id)
where array_to_string(o.holds, ',') = w.holds
  and not exists (select from site_changes c where c.order_id = o.id and c.action = $2)
order by o.id for no key update of o`

export const FIND_COMPLETING = `
select from site_changes where order_id = $1 and action = 'complete' and state in ('queued', 'changing', 'succeeded') limit 1`

const STATES = ['queued', 'changing', 'warning', 'failed'] as const

/** Reads what stands where, for a scrape. */
export async function readChangeGauges(deps: {
  pool: Pool
  clock: Clock
  metrics: Pick<Metrics, 'siteChangesOpen' | 'siteChangesOldest'>
}): Promise<void> {
  const { rows } = await deps.pool.query<{ state: string; count: number; since: Date | null }>(COUNT_OPEN)
  const byState = new Map(rows.map((row) => [row.state, row]))
  const now = deps.clock.now()
  for (const state of STATES) {
    const row = byState.get(state)
    deps.metrics.siteChangesOpen.set({ state }, row?.count ?? 0)
    if (state === 'queued' || state === 'changing')
      deps.metrics.siteChangesOldest.set({ state }, row?.since ? (now - row.since.getTime()) / 1000 : 0)
  }
}
