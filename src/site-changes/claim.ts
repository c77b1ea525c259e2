import type { Pool, PoolClient } from 'pg'
import { z } from 'zod'
import type { ChangeAction } from '../marketplaces/port/site-changes.ts'
import type { RowSealer, Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import { statement } from '../platform/db/statement.ts'
import { inTransaction, type Queries } from '../platform/db/transaction.ts'
import { dueOfMany } from '../worker/statements.ts'
import { WAITS_BY_WISH } from './reasons.ts'
import { openAnswers, openTexts, payloadsContext } from './sealed-texts.ts'
import { LEASE_MS, lockOrders } from './statements.ts'
import { type HeldChange, type Step, StepRecord, type StoredSteps, withWords } from './steps.ts'

interface Row extends StoredSteps {
  id: string
  tenantId: string
  orderId: string
  orderNumber: string
  action: ChangeAction
  parameters: Record<string, unknown>
  sealedTexts: Buffer | null
  lines: unknown
  attempts: number
  isolated: boolean
  code: string | null
  dueAt: Date
  deadline: Date | null
}

/** Something was sent of it and not all of that is known to be done: nothing passes it. */
const inDoubt = (of: 'c' | 'e') =>
  `jsonb_path_exists(${of}.steps, '$[*] ? (@.sends > 0 && @.state != "applied")')`

/**
 * Place among its order's changes: `changing`; then a call in doubt, which is read first; then a cancel,
 * which goes before all that could still be left undone, also between two of its calls (the mall may take
 * days to let the second be made) and while the cancel itself waits; then what was begun; then as they were
 * asked for. A plan that is stored says nothing: it is stored with a change that was throttled, too.
 */
const placeOf = (of: 'c' | 'e') =>
  `(${of}.state <> 'changing', not ${inDoubt(of)}, ${of}.action <> 'cancel', not jsonb_path_exists(${of}.steps, '$[*] ? (@.sends > 0)'), ${of}.position)`

/**
 * True when none of its order's changes stands before it. A 完了 that is wished for days later lets the others
 * pass, as a confirmation that waits does a shipping that confirms by itself. `c` is the change looked at.
 */
export const ITS_TURN = `not exists (
  select 1 from site_changes e
  where e.order_id = c.order_id and e.id <> c.id and e.state in ('queued', 'changing')
    and not (e.state = 'queued' and coalesce(e.code, '') = '${WAITS_BY_WISH}' and e.next_attempt_at > c.next_attempt_at and not ${inDoubt('e')}
      and (e.action = 'complete' or e.action = 'confirm' and c.action = 'ship' and c.parameters @> '{"confirmFirst": true}'))
    and ${placeOf('e')} < ${placeOf('c')}
)`

/** Due, and nobody is working on it. Fragment with `:shop` and `:now`, as CHANGE_IS_DUE. */
const DUE = `c.shop_id = :shop and c.state in ('queued', 'changing') and c.next_attempt_at <= :now
  and (c.lease_until is null or c.lease_until <= :now) and ${ITS_TURN}`

export const CHANGE_IS_DUE = `exists (select from site_changes c where ${DUE})`

export interface DueChange {
  id: string
  orderId: string
  action: ChangeAction
}

export interface ClaimDeps {
  pool: Pool
  sealer: Sealer
}

/**
 * Takes due changes of a shop, at most one of an order, for LEASE_MS. A change whose worker died is due like
 * any other when its lease has run out.
 * @param choose which of the due ones, the most urgent first
 * @param token new for each claim: what is written later is written only where it still stands
 */
export async function claimChanges(
  { pool, sealer }: ClaimDeps,
  shopId: string,
  token: string,
  now: Date,
  limit: number,
  choose: (due: readonly DueChange[]) => readonly DueChange[] = (due) => due,
): Promise<HeldChange[]> {
  const candidates = choose(await findDue(pool, shopId, now, limit))
  if (candidates.length === 0) return []
  const take = async (client: PoolClient): Promise<Row[]> => {
    await lockOrders(
      client,
      candidates.map(({ orderId }) => orderId),
    )
    const ids = candidates.map(({ id }) => id)
    const until = new Date(now.getTime() + LEASE_MS)
    const taken = await client.query<Row>(CLAIM({ shop: shopId, now, ids, token, until }))
    await client.query(SHOW_CHANGING({ orders: taken.rows.map(({ orderId }) => orderId), now }))
    return taken.rows
  }
  const rows = await retryable(() => inTransaction(pool, take))
  const order = new Map(candidates.map(({ id }, index) => [id, index]))
  return rows
    .toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
    .map((row) => toHeld(sealer, row, token))
}

/**
 * Lists due changes, those under way first: they have a deadline. One of each order: two would break the
 * whole claim at `site_changes_one_changing`, other orders' too. A change that may pass another goes first.
 */
async function findDue(queries: Queries, shopId: string, now: Date, limit: number) {
  const { rows } = await queries.query<DueChange>(LIST_DUE({ shop: shopId, now, limit }))
  return rows
}

const LIST_DUE = statement(
  { shop: 'uuid', now: 'timestamptz', limit: 'int' },
  `
select id, "orderId", action from (
  select distinct on (c.order_id) c.id::text, c.order_id::text as "orderId", c.action, c.state, c.next_attempt_at
  from site_changes c where ${DUE}
  order by c.order_id, coalesce(c.code, '') = '${WAITS_BY_WISH}', c.position
) one order by state <> 'changing', next_attempt_at, id limit :limit`,
)

const SHOW_CHANGING = statement(
  { orders: 'uuid[]', now: 'timestamptz' },
  `
update orders set change_state = 'changing', updated_at = :now where id = any(:orders) and change_state <> 'changing'`,
)

const CLAIM = statement(
  { shop: 'uuid', now: 'timestamptz', ids: 'uuid[]', token: 'uuid', until: 'timestamptz' },
  `
update site_changes c set state = 'changing', lease_token = :token, lease_until = :until, updated_at = :now,
  started_at = case when c.state = 'changing' then c.started_at else :now end
from orders o
where c.id = any(:ids) and o.id = c.order_id and ${DUE}
returning c.id::text, c.tenant_id::text as "tenantId", c.order_id::text as "orderId", o.order_number as "orderNumber", c.action, c.parameters,
  c.sealed_texts as "sealedTexts", c.lines, c.steps, c.sealed_payloads as "sealedPayloads", c.sealed_answers as "sealedAnswers", c.attempts, c.suspect as isolated, c.code,
  c.next_attempt_at as "dueAt", c.deadline`,
)

function toHeld(sealer: Sealer, row: Row, leaseToken: string): HeldChange {
  const { id, tenantId, orderId, orderNumber, action, attempts, isolated, dueAt, deadline } = row
  const { sealedPayloads, sealedAnswers } = row
  const own = sealer.of(tenantId)
  const steps = readable(() => readSteps(own, row))
  return {
    id,
    tenantId,
    orderId,
    orderNumber,
    action,
    attempts,
    isolated,
    leaseToken,
    dueAt,
    waitedFor: row.code,
    parameters: readable(() => openTexts(own, id, row)),
    lines: Lines.safeParse(row.lines).data ?? null,
    unreadable: steps ? null : { steps: row.steps, sealedPayloads, sealedAnswers },
    steps: steps ?? [],
    deadline: deadline?.getTime() ?? null,
    notes: [],
  }
}

const Lines = z.array(z.object({ lineId: z.string(), quantity: z.int() }))

/** Null for what is sealed with a lost key, or written by a release that this one cannot read. */
function readable<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** Without their content (deleted after the retention time) steps say nothing: the order decides. */
function readSteps(sealer: RowSealer, row: Row): Step[] {
  if (row.sealedPayloads === null) return []
  const payloads = sealer.openJson<Record<string, unknown>[]>(payloadsContext(row.id), row.sealedPayloads)
  const steps = z
    .array(StepRecord)
    .parse(row.steps)
    .map((step, index) => ({ ...step, payload: payloads[index] ?? {} }))
  return withWords(steps, openAnswers(sealer, row.id, row.sealedAnswers))
}

const OPEN = "c.state in ('queued', 'changing')"

const FREE = `(c.lease_until is null or c.lease_until <= :now) and ${ITS_TURN}`

const SINCE = 'greatest(c.next_attempt_at, c.lease_until)'

/** Shops that have a site change to go on with and may ask their mall. */
export const readShopsWithDueChanges = dueOfMany({
  table: 'site_changes',
  waits: OPEN,
  latest: SINCE,
  and: FREE,
  youngest: `
    select ${SINCE} as due_at from site_changes c
    where c.shop_id = w.shop_id and ${OPEN} and c.next_attempt_at <= :now and ${FREE}
    order by c.next_attempt_at desc limit 1`,
  probes: false,
})
