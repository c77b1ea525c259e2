import type { Pool, PoolClient } from 'pg'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import type { LinePieces } from '../marketplaces/port/site-changes.ts'
import type { Clock } from '../platform/clock.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import { statement, type ValuesOf } from '../platform/db/statement.ts'
import { durably, inTransaction, type Queries } from '../platform/db/transaction.ts'
import { LeaseLost } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import { makesGood } from './decide.ts'
import { BUNDLE_NOT_SHIPPED, type Reason, WAITS_BY_WISH } from './reasons.ts'
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
  const save = SAVE_STEPS({
    ...stepValues(sealer, change, now),
    leaseUntil: new Date(now.getTime() + LEASE_MS),
    events,
    order: change.orderId,
  })
  const { rowCount } = await durably(pool, (queries) => queries.query(save))
  if (rowCount === 0) throw new LeaseLost('the site change')
}

const STEP_PARAMETERS = {
  id: 'uuid',
  lease: 'uuid',
  steps: 'jsonb',
  payloads: 'bytea?',
  attempts: 'int',
  isolated: 'bool',
  deadline: 'timestamptz?',
  answers: 'bytea?',
  now: 'timestamptz',
} as const

const STEPS =
  'steps = :steps, attempts = :attempts, suspect = :isolated, deadline = :deadline, sealed_answers = :answers'

function stepValues(sealer: Sealer, change: HeldChange, now: Date): ValuesOf<typeof STEP_PARAMETERS> {
  const { id, leaseToken, attempts, isolated, deadline } = change
  const { steps, sealedPayloads, sealedAnswers } =
    change.unreadable ?? storedSteps(sealer.of(change.tenantId), change)
  return {
    id,
    lease: leaseToken,
    steps,
    payloads: sealedPayloads,
    attempts,
    isolated,
    deadline: deadline === null ? null : new Date(deadline),
    answers: sealedAnswers,
    now,
  }
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
const SAVE_STEPS = statement(
  { ...STEP_PARAMETERS, leaseUntil: 'timestamptz', events: 'jsonb', order: 'uuid' },
  `
with known as materialized (
  select id from orders where id = :order for key share
), held as (
  update site_changes set ${STEPS}, sealed_payloads = :payloads, updated_at = :now, lease_until = :leaseUntil
  where id = :id and lease_token = :lease and state = 'changing' and order_id = (select id from known)
  returning id
), noted as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select e.id, e.order_id, e.at, e.kind, e.actor, e.data
  from jsonb_to_recordset(:events) as e (id uuid, order_id uuid, at timestamptz, kind text, actor text, data jsonb)
  cross join held
)
select id from held`,
)

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
    const { rowCount } = await client.query(
      LEAVE({ ...stepValues(deps.sealer, change, now), ...leaveValues(deps.sealer, change, leaving) }),
    )
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
) => ({
  state,
  nextAttemptAt,
  code: reason?.code ?? null,
  message: clean(reason?.message),
  nextStep: clean(reason?.nextStep),
  mallCode: clean(reason?.mallCode),
  mallMessage: reason?.mallMessage
    ? Buffer.from(sealer.of(tenantId).sealText(mallMessageContext(id), reason.mallMessage))
    : null,
  dueAt,
  keepsReason,
})

// Postgres knows no NUL in text, and a mall's words may hold anything.
const clean = (text: string | null | undefined): string | null =>
  text?.replaceAll('\0', '').slice(0, 2_000) ?? null

const LEAVE = statement(
  {
    ...STEP_PARAMETERS,
    state: 'change_state',
    nextAttemptAt: 'timestamptz',
    code: 'text?',
    message: 'text?',
    nextStep: 'text?',
    mallCode: 'text?',
    mallMessage: 'bytea?',
    dueAt: 'timestamptz',
    keepsReason: 'bool',
  },
  `
update site_changes set ${STEPS}, updated_at = :now, state = :state,
  next_attempt_at = case when next_attempt_at = :dueAt then :nextAttemptAt else least(:nextAttemptAt, :now) end,
  expires_at = case when :code = '${WAITS_BY_WISH}' then greatest(expires_at, :nextAttemptAt + interval '7 days') else expires_at end,
  code = case when :keepsReason then code else :code end, message = case when :keepsReason then message else :message end,
  next_step = case when :keepsReason then next_step else :nextStep end, mall_code = case when :keepsReason then mall_code else :mallCode end,
  sealed_mall_message = case when :keepsReason then sealed_mall_message else :mallMessage end, mall_message = null,
  lease_token = null, lease_until = null, sealed_payloads = case when :state = 'succeeded' then null else :payloads end,
  finished_at = case when :state in ('queued', 'changing') then null else :now end
where id = :id and lease_token = :lease and state = 'changing'`,
)

/** Takes off the order what a success has made good: nobody needs to look at it any more. */
async function supersede(
  client: PoolClient,
  sealer: Sealer,
  change: Pick<HeldChange, 'id' | 'tenantId' | 'action' | 'parameters'>,
  now: Date,
): Promise<void> {
  const { rows } = await client.query<{ id: string } & StoredParameters>(
    LIST_EARLIER_FAILURES({ change: change.id }),
  )
  const made = rows.filter((row) =>
    makesGood(change, {
      action: change.action,
      parameters: ifOpens(() => openTexts(sealer.of(change.tenantId), row.id, row)),
    }),
  )
  if (made.length > 0) await client.query(DISMISS_CHANGES({ ids: made.map(({ id }) => id), now }))
}

const LIST_EARLIER_FAILURES = statement(
  { change: 'uuid' },
  `
select e.id::text, e.parameters, e.sealed_texts as "sealedTexts" from site_changes c join site_changes e on e.order_id = c.order_id
where c.id = :change and e.action = c.action and e.position < c.position and e.state in ('warning', 'failed') and e.dismissed_at is null`,
)

export const DISMISS_CHANGES = statement(
  { ids: 'uuid[]', now: 'timestamptz' },
  'update site_changes set dismissed_at = :now, updated_at = :now where id = any(:ids)',
)

/** The mall takes no writes for now: what waits for its first attempt waits as well. */
export async function pauseQueued(pool: Pool, shopId: string, reason: Reason, until: Date): Promise<void> {
  await pool.query(
    PAUSE_QUEUED({
      shop: shopId,
      until,
      code: reason.code,
      message: clean(reason.message),
      nextStep: clean(reason.nextStep),
    }),
  )
}

const PAUSE_QUEUED = statement(
  { shop: 'uuid', until: 'timestamptz', code: 'text', message: 'text?', nextStep: 'text?' },
  `
update site_changes set next_attempt_at = :until, code = :code, message = :message, next_step = :nextStep
where shop_id = :shop and state = 'queued' and next_attempt_at < :until`,
)

export interface OrderFacts {
  id: string
  shopId: string
  marketplace: MarketplaceName
}

export const LIST_REQUESTED = statement(
  { tenant: 'uuid', ids: 'uuid[]', shipped: 'uuid[]' },
  `
select id::text, shop_id::text as "shopId", marketplace::text,
  (select s.capabilities from shops s where s.id = orders.shop_id) as capabilities,
  array(select c.action from site_changes c where c.order_id = orders.id and c.state in ('queued', 'changing')) as "underWay",
  case when id = any(:shipped) then sealed_detail end as "sealedDetail",
  case when id = any(:shipped) then sealed_edits end as "sealedEdits"
from orders where tenant_id = :tenant and id = any(:ids)`,
)

/** The other orders of a bundle that have not left, for each order that is to. */
export const LIST_MATES = statement(
  { tenant: 'uuid', ids: 'uuid[]', shops: 'uuid[]?' },
  `
select f.id::text as "orderId", o.id::text as "mateId", o.order_number as "orderNumber",
  o.mall_state = 'cancelled' or o.status = 'cancelled' as "isCancelled",
  o.cancel_under_way as "isCancelling", o.status = 'on_hold' or cardinality(o.holds) > 0 as "isHeld",
  exists (select from site_changes c where c.order_id = o.id and c.state = 'failed' and c.code = '${BUNDLE_NOT_SHIPPED}'
    and c.dismissed_at is null) as "isTold"
from orders f join orders o on o.bundle_id = f.bundle_id and o.id <> f.id
where f.tenant_id = :tenant and f.id = any(:ids) and o.tenant_id = :tenant and o.mall_state in ('open', 'cancelled')
  and o.status not in ('shipped', 'completed')
  and (:shops::uuid[] is null or o.shop_id = any(:shops))
order by o.id`,
)

/**
 * Locks orders and all that are in a parcel with them, in the order of lockOrders(): whoever holds one back,
 * or joins and parts them, has done so before or does it after.
 */
export const LOCK_PARCELS = statement(
  { tenant: 'uuid', ids: 'uuid[]' },
  `
with parcels as materialized (
  select id from unnest(:ids) as i (id)
  union
  select o.id from orders f join orders o on o.bundle_id = f.bundle_id
  where f.tenant_id = :tenant and f.id = any(:ids) and o.tenant_id = :tenant
)
select o.id::text from orders o join parcels using (id) where o.tenant_id = :tenant order by o.id for no key update of o`,
)

export const LIST_KNOWN = statement(
  { tenant: 'uuid', ids: 'uuid[]' },
  'select id::text from orders where tenant_id = :tenant and id = any(:ids)',
)

export interface CheckedChange {
  order: OrderFacts
  action: WantedChange['action']
  parameters: Record<string, unknown>
  /** What is left to ship as it is asked for. */
  lines?: readonly LinePieces[] | null
  /** In its request; left out: as it comes here. */
  place?: number
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
  const rows = changes.map((change, index) => toRow(deps, origin, change, change.place ?? index))
  await queries.query(
    INSERT_CHANGES({
      changes: rows.map(({ sealedTexts: _, ...row }) => row),
      ids: rows.map(({ id }) => id),
      texts: rows.map(({ sealedTexts }) => sealedTexts),
      tenant: origin.tenantId,
      actor: origin.actor,
      key: origin.request?.key ?? null,
      hash: origin.request?.hash ? Buffer.from(origin.request.hash) : null,
      now: at,
      expiresAt: new Date(at.getTime() + EXPIRES_AFTER_MS),
    }),
  )
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

/** Ends changes that were just inserted, in the same transaction: none of them was ever to be sent. */
export async function refuseChanges(
  queries: Queries,
  deps: InsertDeps,
  refused: readonly { id: string; orderId: string; action: string; reason: Reason }[],
  at: Date,
): Promise<void> {
  if (refused.length === 0) return
  const { rows } = await queries.query<{ id: string }>(
    REFUSE_CHANGES({
      ids: refused.map(({ id }) => id),
      codes: refused.map(({ reason }) => reason.code),
      messages: refused.map(({ reason }) => clean(reason.message) ?? ''),
      nextSteps: refused.map(({ reason }) => clean(reason.nextStep) ?? ''),
      now: at,
    }),
  )
  const ended = refused.filter((one) => rows.some(({ id }) => id === one.id))
  await writeOrderStates(
    queries,
    ended.map(({ orderId }) => orderId),
    at,
  )
  await writeEvents(
    queries,
    ended.map((one) => eventsOf(deps.newId, one, at)('change_failed', { code: one.reason.code })),
  )
}

/** Those alone that are queued: in a rehearsal none is. */
const REFUSE_CHANGES = statement(
  { ids: 'uuid[]', codes: 'text[]', messages: 'text[]', nextSteps: 'text[]', now: 'timestamptz' },
  `
update site_changes c set state = 'failed', code = r.code, message = r.message, next_step = r.next_step, finished_at = :now, updated_at = :now
from unnest(:ids, :codes, :messages, :nextSteps) as r (id, code, message, next_step)
where c.id = r.id and c.state = 'queued' returning c.id::text`,
)

function toRow(deps: InsertDeps, { tenantId }: ChangeOrigin, change: CheckedChange, index: number) {
  const id = deps.newId()
  const { parameters, sealedTexts } = sealTexts(deps.sealer.of(tenantId), id, change.parameters)
  const { order, action, lines = null } = change
  return { id, index, order_id: order.id, shop_id: order.shopId, action, parameters, lines, sealedTexts }
}

const INSERT_CHANGES = statement(
  {
    changes: 'jsonb',
    ids: 'uuid[]',
    texts: 'bytea[]',
    tenant: 'uuid',
    actor: 'text',
    key: 'text?',
    hash: 'bytea?',
    now: 'timestamptz',
    expiresAt: 'timestamptz',
  },
  `
with wanted as (
  select w.*, s.texts from jsonb_to_recordset(:changes) as w (id uuid, index int, order_id uuid, shop_id uuid, action text, parameters jsonb, lines jsonb)
  join unnest(:ids, :texts) as s (id, texts) using (id)
), placed as (
  select w.*, coalesce((select max(position) from site_changes c where c.order_id = w.order_id), 0)
    + row_number() over (partition by w.order_id order by w.index) as position
  from wanted w
)
insert into site_changes (id, tenant_id, shop_id, order_id, position, action, parameters, lines, sealed_texts, state, next_attempt_at,
  expires_at, request_key, request_index, request_hash, actor, requested_at, updated_at)
select id, :tenant, shop_id, order_id, position, action, parameters, lines, texts, 'queued', :now, :expiresAt, :key, index, :hash, :actor, :now, :now
from placed`,
)

/** What leaves 保留 by it notes reason and day in the timeline, from which `restoreOnHold` takes them. */
export const FOLLOW_STATUS = statement(
  {
    order: 'uuid',
    to: 'order_status',
    now: 'timestamptz',
    always: 'bool',
    from: 'order_status[]',
    eventId: 'uuid',
    change: 'text',
  },
  `
with before as (
  select o.id, o.status, o.on_hold_date as until, o.sealed_on_hold_reason as reason from orders o join tenants t on t.id = o.tenant_id
  where o.id = :order and o.status <> :to and (:always or (t.status_follows_mall and o.status = any(:from)))
), moved as (
  update orders o set status = :to, version = o.version + 1, updated_at = :now
  from before b where o.id = b.id
)
insert into order_events (id, order_id, at, kind, actor, data, sealed_reason)
select :eventId, id, :now, 'moved', 'worker', jsonb_strip_nulls(
  jsonb_build_object('from', status, 'to', :to::text, 'changeId', :change, 'onHoldDate', until)), reason from before`,
)

/** Changes of one transaction. */
const MOST_EXPIRED = 200

const UNCLAIMED = '(c.lease_until is null or c.lease_until <= :now)'

/** Lists expiring changes, and moves them after looking again under the locks of their orders. */
export type Expiring = ReturnType<typeof expiring>

const expiring = (which: string) => ({
  list: statement(
    { now: 'timestamptz' },
    `select c.id::text, c.order_id::text as "orderId" ${which} limit ${MOST_EXPIRED}`,
  ),
  move: statement(
    {
      ids: 'uuid[]',
      state: 'change_state',
      code: 'text',
      message: 'text',
      nextStep: 'text?',
      now: 'timestamptz',
    },
    `
update site_changes t set state = :state, deadline = null, code = :code, message = :message, next_step = :nextStep,
  lease_token = null, lease_until = null, updated_at = :now,
  finished_at = case when :state = 'queued' then null else :now end
where t.id = any(:ids) and t.id in (select c.id ${which})
returning t.id::text, t.order_id::text as "orderId", t.action`,
  ),
})

/** A closed lane alone is left to pass until the time in 変更中 is used up: most are closed for seconds. */
export const STANDING_STILL = expiring(`
from site_changes c join shops s on s.id = c.shop_id join tenants t on t.id = s.tenant_id
where c.state = 'changing' and ${UNCLAIMED} and (not s.enabled or t.status <> 'active' or s.attention_stops
  or (s.lane_closed_until > :now and c.deadline <= :now))`)

export const LATE = expiring(`
from site_changes c where c.state in ('queued', 'changing') and c.expires_at <= :now and ${UNCLAIMED}`)

const COUNT_OPEN = `
select state::text, count(*)::int as count, min(case state when 'changing' then started_at else requested_at end) as since
from site_changes where state <> 'succeeded' and dismissed_at is null group by state`

export const LOCK_CHANGE = statement(
  { id: 'uuid' },
  `
select id::text, shop_id::text as "shopId", order_id::text as "orderId", action, state::text, code, steps, dismissed_at as "dismissedAt"
from site_changes where id = :id for update`,
)

export const RETRY_CHANGE = statement(
  { id: 'uuid', steps: 'jsonb', now: 'timestamptz', expiresAt: 'timestamptz' },
  `
update site_changes set state = 'queued', steps = :steps, attempts = 0, suspect = false, next_attempt_at = :now, expires_at = :expiresAt,
  deadline = null, finished_at = null, dismissed_at = null, code = null, message = null, next_step = null, mall_code = null,
  mall_message = null, sealed_mall_message = null, updated_at = :now
where id = :id`,
)

export const FIND_BY_KEY = statement(
  { tenant: 'uuid', key: 'text' },
  'select request_hash as hash from site_changes where tenant_id = :tenant and request_key = :key limit 1',
)

export const LOCK_KEY = statement({ key: 'text' }, 'select pg_advisory_xact_lock(hashtextextended(:key, 0))')

// One that is held may have read its order before: the end of its lease, which it was never due at, tells its
// holder of the wake.
export const WAKE_WAITING = statement(
  { orders: 'uuid[]', now: 'timestamptz' },
  `
update site_changes set next_attempt_at = greatest(:now, lease_until)
where order_id = any(:orders) and state in ('queued', 'changing') and (next_attempt_at > :now or lease_until > :now)`,
)

export const LIST_NOT_ASKED = statement(
  { orders: 'uuid[]', action: 'text', holds: 'text[]' },
  `
select o.id::text from orders o join unnest(:orders, :holds) as w (id, holds) using (id)
where array_to_string(o.holds, ',') = w.holds
  and not exists (select from site_changes c where c.order_id = o.id and c.action = :action)
order by o.id for no key update of o`,
)

export const FIND_COMPLETING = statement(
  { order: 'uuid' },
  `
select from site_changes where order_id = :order and action = 'complete' and state in ('queued', 'changing', 'succeeded') limit 1`,
)

/** The turn in which the mall was asked, unless another one has followed it. */
export const FIND_TURN = statement(
  { shop: 'uuid', holder: 'uuid' },
  'select from shop_turns where shop_id = :shop and holder = :holder',
)

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
