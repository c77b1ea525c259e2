import type { Pool, PoolClient } from 'pg'
import { ChangeParameters } from '../marketplaces/port/site-changes.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import { durably, inTransaction } from '../platform/db/transaction.ts'
import { LeaseLost } from '../platform/errors.ts'
import type { HeldChange, StoredSteps } from './claim.ts'
import { lockOrders, writeOrderStates } from './order-state.ts'
import { type Reason, WAITS_BY_WISH } from './reasons.ts'
import {
  answersContext,
  mallMessageContext,
  openTexts,
  payloadsContext,
  type StoredParameters,
} from './sealed-texts.ts'
import { type Step, withoutWords, wordsOf } from './steps.ts'
import { type ChangeEvent, writeEvents } from './timeline.ts'
import { LEASE_MS } from './timing.ts'

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
  const { rowCount } = await durably(pool, (queries) => queries.query(SAVE, values))
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
const SAVE = `
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
  const { rows } = await client.query<{ id: string } & StoredParameters>(EARLIER_FAILURES, [change.id])
  const made = rows.filter((row) =>
    makesGood(change, {
      action: change.action,
      parameters: ifOpens(() => openTexts(sealer.of(change.tenantId), row.id, row)),
    }),
  )
  if (made.length > 0) await client.query(SUPERSEDE, [made.map(({ id }) => id), now])
}

const EARLIER_FAILURES = `
select e.id::text, e.parameters, e.sealed_texts as "sealedTexts" from site_changes c join site_changes e on e.order_id = c.order_id
where c.id = $1 and e.action = c.action and e.position < c.position and e.state in ('warning', 'failed') and e.dismissed_at is null`

const SUPERSEDE = 'update site_changes set dismissed_at = $2, updated_at = $2 where id = any($1::uuid[])'

/** The mall takes no writes for now: what waits for its first attempt waits as well. */
export async function pauseQueued(pool: Pool, shopId: string, reason: Reason, until: Date): Promise<void> {
  await pool.query(
    `update site_changes set next_attempt_at = $2, code = $3, message = $4, next_step = $5
     where shop_id = $1 and state = 'queued' and next_attempt_at < $2`,
    [shopId, until, reason.code, clean(reason.message), clean(reason.nextStep)],
  )
}

/**
 * Decides which earlier failures a success resolves. The same action is not enough: a refused postage still
 * needs somebody after a remark was changed, and so does the first parcel after the second. A success
 * resolves failures that asked for nothing beyond it, whatever the values: a new tracking number of the same
 * parcel corrects the same wish.
 */

interface Asked {
  action: string
  /** Null where they cannot be read any more. */
  parameters: Record<string, unknown> | null
}

/** True when `success` resolves `earlier`. Both are of the same order and action. */
export function makesGood(success: Asked, earlier: Asked): boolean {
  const [done, wanted] = [subjectsOf(success), subjectsOf(earlier)]
  return wanted.length > 0 && wanted.every((one) => done.some((other) => covers(other, one)))
}

/** One thing that a change is about; parts that are null are left out, or all of them. */
interface Subject {
  field: string
  /** Recipient or parcel. Left out where there is only one, so null is any. */
  of: string | null
  /** Line of the order; null: everything. */
  line: string | null
}

const covers = (done: Subject, wanted: Subject): boolean =>
  done.field === wanted.field &&
  (done.of === null || wanted.of === null || done.of === wanted.of) &&
  (done.line === null || done.line === wanted.line)

const subject = (field: string, of: string | null = null, line: string | null = null): Subject => ({
  field,
  of,
  line,
})

/** Why something is changed, and that it is meant, are no wish of their own. */
const REMARKS = new Set(['reason', 'confirmZero'])

/** None where they cannot be told. */
function subjectsOf({ action, parameters }: Asked): Subject[] {
  switch (action) {
    case 'ship': {
      const parsed = ChangeParameters.ship.safeParse(parameters)
      const parcels = parsed.success ? parsed.data.parcels : []
      return parcels.flatMap(({ recipientId = null, lines }) =>
        lines
          ? lines.map(({ lineId }) => subject('parcel', recipientId, lineId))
          : [subject('parcel', recipientId)],
      )
    }
    case 'correct_shipment': {
      const parsed = ChangeParameters.correct_shipment.safeParse(parameters)
      const parcels = parsed.success ? parsed.data.parcels : []
      return parcels.map(({ recipientId = null, parcelId = null }) =>
        subject('parcel', recipientId, parcelId),
      )
    }
    case 'change_content': {
      const parsed = ChangeParameters.change_content.safeParse(parameters)
      return parsed.success ? contentOf(parsed.data) : []
    }
    default:
      return [subject(action)]
  }
}

function contentOf({ recipients = [], lines = [], addLines = [], ...rest }: Content): Subject[] {
  return [
    ...namesOf(rest)
      .filter((name) => !REMARKS.has(name))
      .map((name) => subject(name)),
    ...recipients.flatMap(({ recipientId = null, ...fields }) =>
      namesOf(fields).map((name) => subject(`recipient ${name}`, recipientId)),
    ),
    ...lines.map(({ lineId }) => subject('line', null, lineId)),
    ...addLines.map(({ itemCode, sku = '' }) => subject('added line', null, `${itemCode} ${sku}`)),
  ]
}

type Content = ReturnType<typeof ChangeParameters.change_content.parse>

const namesOf = (fields: Record<string, unknown>): string[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name]))
