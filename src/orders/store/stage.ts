import type { MarketplaceName, NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { TakenBackParcel } from '../../marketplaces/port/session.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { prepared } from '../../platform/db/statement.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { codeOf } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { factsOf } from '../../platform/narrow.ts'
import { storable } from '../../platform/storable.ts'
import {
  heldUntil,
  inserted,
  MADE,
  nextCheckAt,
  type OrderColumns,
  ofRecord,
  recordFields,
  toOrderColumns,
} from './columns.ts'
import { sealDetail } from './content.ts'
import { DISMISSED, isByHand } from './dismissed.ts'
import { LOOK_UP, LOOK_UP_ARGUMENTS, type LookUp, NO_LOOK_UP } from './look-up.ts'
import {
  type Fingerprints,
  rememberFingerprints,
  type SearchToken,
  searchTokens,
  toItemParts,
  tokenColumns,
} from './search-tokens.ts'

/**
 * Stages new orders as 自動受注取込: order, raw answer, timeline and the end of the request, for up to a hundred
 * orders in one statement, which is one transaction. An order that somebody else has staged in between keeps
 * its row, and its request ends as `already_here`. One that staff took off (取込対象外), be it while the mall was
 * being asked, stays out, and its request ends as `dismissed`.
 * @param marks what src/marks made ready for them; without it the orders get none
 * @param ending the turn whose last work this is: given back in the same statement, unless a request goes on
 * or the shop was woken meanwhile
 * @returns ids of the orders that are new, numbers that stay out, how many of the requests they were read for
 * have ended, and what was found of marks
 */
export async function stageOrders(
  queries: Queries,
  deps: { newId: NewId },
  shop: StagingShop,
  orders: readonly PreparedOrder[],
  at: Date,
  marks?: PreparedMarks,
  ending: string | null = null,
): Promise<StagedOrders> {
  const [tokenOrders, tokenKinds, tokenHashes] = tokenColumns(orders)
  const { rows } = await queries.query<
    Omit<StagedOrders, 'staged' | 'unwanted'> & { staged: string[]; unwanted: string[] }
  >(
    STAGE({
      tenant: shop.tenantId,
      shop: shop.id,
      mall: shop.marketplace,
      now: at,
      orders: orders.map((order) => toRow(order, marks?.own.get(order.orderId) ?? [], at)),
      ids: orders.map((order) => order.orderId),
      details: orders.map((order) => order.detail),
      raws: orders.map((order) => order.sealedRaw),
      events: orders.flatMap((order) => toEvents(deps.newId, order, at)),
      refreshed: orders.flatMap(({ request }) =>
        request.purpose === 'refresh' ? [request.orderNumber] : [],
      ),
      tokenOrders,
      tokenKinds,
      tokenHashes,
      numbers: orders.map(({ request }) => request.orderNumber),
      itemParts: orders.map(({ columns, request }) => toItemParts(columns.itemsText, request.orderNumber)),
      marks: marks !== undefined,
      ...(marks?.lookUp ?? NO_LOOK_UP),
      holder: shop.holder ?? null,
      ending,
    }),
  )
  const {
    staged = [],
    unwanted = [],
    ended = 0,
    combinable = [],
    markFailures = [],
    isReleased = false,
  } = rows[0] ?? {}
  return {
    staged: new Set(staged),
    unwanted: new Set(unwanted),
    ended,
    combinable,
    markFailures,
    isReleased,
  }
}

export interface StagedOrders extends StagedMarks {
  staged: ReadonlySet<string>
  /** Order numbers that staff took off. */
  unwanted: ReadonlySet<string>
  ended: number
  /** The shop's turn ended with this statement. */
  isReleased: boolean
}

const toRow = (order: PreparedOrder, marks: readonly string[], at: Date) => ({
  marks,
  id: order.orderId,
  request_id: order.request.id,
  asks: order.request.asks,
  by_hand: order.request.byHand ?? false,
  order_number: order.request.orderNumber,
  mall_revision: order.revision,
  // A re-read soon has its own request; else most of Yahoo!'s new orders would be in the index.
  next_check_at: order.rereadAt ? null : nextCheckAt(order.order, at),
  held_until: heldUntil(order.order),
  ...order.columns,
})

function toEvents(newId: NewId, { request, orderId, columns }: PreparedOrder, at: Date) {
  const { mallStatus, mallState } = columns
  const events = mailEvent(newId, orderId, request)
  events.push(workerEvent(newId, orderId, at, 'staged', { source: request.source, mallStatus, mallState }))
  if (mallState === 'cancelled')
    events.push(workerEvent(newId, orderId, at, 'cancelled_at_mall', { mallStatus }))
  return events
}

/**
 * Stages up to a hundred orders in one round trip; as single statements it would be seven, during which the
 * requests' rows are locked. Steps:
 * 1. `answers`, `sealed`: the orders as given; `looked`: their marks.
 * 2. `held`: locks the requests for their numbers. `unwanted`: numbers that staff took off, also while this
 *    waited for the lock. Later steps cannot see that: they read as of the statement's begin.
 * 3. `inserted`: new orders; `items`, `raws`, `events`, `search`: what belongs to them.
 * 4. `asked`, `ending`: the requests that this answers or overtakes; `ended`: their end.
 * 5. `given`: the shop's turn ends with them when nothing else is due.
 *
 * `numbers` lets any plan reach the large tables by their index. Orders are inserted sorted by number, so
 * that two runs over the same shop cannot dead-lock.
 */
export const STAGE = prepared(
  {
    tenant: 'uuid',
    shop: 'uuid',
    mall: 'marketplace',
    now: 'timestamptz',
    orders: 'jsonb',
    ids: 'uuid[]',
    details: 'bytea[]',
    raws: 'bytea[]',
    events: 'jsonb',
    refreshed: 'text[]',
    tokenOrders: 'uuid[]',
    tokenKinds: 'text[]',
    tokenHashes: 'bytea[]',
    numbers: 'text[]',
    itemParts: 'text[]',
    marks: 'bool',
    ...LOOK_UP,
    holder: 'uuid?',
    ending: 'uuid?',
  },
  `
with answers as (
  select * from jsonb_to_recordset(:orders)
    as a (id uuid, request_id uuid, asks int, by_hand bool, order_number text, mall_revision text, marks text[], next_check_at timestamptz,
      held_until timestamptz, ${recordFields(MADE)})
  -- None of a turn that another one has followed: that one may have written what the mall answered later.
  where :holder is null or not exists (select from shop_turns t where t.shop_id = :shop and t.holder <> :holder)
), sealed as (
  select * from unnest(:ids, :details, :raws) as s (id, detail, raw)
), looked as materialized (
  select l.* from torikomi_look_up_marks(false, :tenant, ${LOOK_UP_ARGUMENTS}) l where :marks
), held as materialized (
  -- In the order in which new requests are inserted, or a mail and this would wait for each other.
  select r.id, r.state, r.purpose, r.asks, coalesce(r.changed_ask, 0) as changed_ask, r.order_number, r.message, r.outcome = '${DISMISSED}' as dismissed, ${isByHand('r')} as by_hand
  from import_requests r
  where r.shop_id = :shop and (r.state in ('waiting', 'failed') or r.outcome = '${DISMISSED}') and r.order_number = any(:numbers)
    and exists (select from answers)
  order by r.shop_id, r.order_number, r.purpose for update
), unwanted as materialized (
  -- A dismissal ends all that waits or failed: what does so now was asked for later. Values and no joins: nearly always there are none.
  select h.order_number, max(h.message) as message from held h where h.dismissed
    and (select w.id from held w where w.order_number = h.order_number and w.state <> 'done' and w.by_hand limit 1) is null
    and (select a.id from answers a where a.order_number = h.order_number and a.by_hand limit 1) is null
    and (select o.id from orders o where o.shop_id = :shop and o.order_number = h.order_number) is null
  group by h.order_number
), inserted as (
  insert into orders (id, tenant_id, shop_id, marketplace, order_number, status, staged_at, refreshed_at, created_at, updated_at,
    sealed_detail, mall_revision, marks, next_check_at, held_until, ${inserted(MADE)})
  select a.id, :tenant, :shop, :mall, a.order_number, 'auto_imported', :now, :now, :now, :now,
    s.detail, a.mall_revision, array(
      select m from (
        select unnest(a.marks) union select unnest(l.marks) from looked l where l.id = a.id or l.id is null
      ) all_marks (m) order by m collate "C"), a.next_check_at, a.held_until, ${ofRecord(MADE)}
  from answers a join sealed s using (id)
  where a.order_number not in (select u.order_number from unwanted u)
  order by a.order_number
  on conflict (shop_id, order_number) do nothing
  returning id, ordered_at, marks
), items as (
  insert into order_item_search (order_id, tokens)
  select i.id, array(select hashtext(:tenant::text || torikomi_month(i.ordered_at)::text || part) from unnest(string_to_array(p.parts, chr(10))) as u (part))
  from inserted i join unnest(:ids, :itemParts) as p (id, parts) using (id)
), raws as (
  insert into order_raws (order_id, sealed_raw, fetched_at)
  select id, s.raw, :now from sealed s join inserted using (id)
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select e.id, e.order_id, e.at, e.kind, e.actor, e.data
  from jsonb_to_recordset(:events) as e (id uuid, order_id uuid, at timestamptz, kind text, actor text, data jsonb)
  join inserted i on i.id = e.order_id
), search as (
  insert into order_search (order_id, tenant_id, kind, hash)
  select t.order_id, :tenant, t.kind, t.hash from unnest(:tokenOrders, :tokenKinds, :tokenHashes) as t (order_id, kind, hash)
  join inserted i on i.id = t.order_id
), asked as (
  select h.id, i.id is not null as staged,
    -- Two who tell of a new order are answered by one reading of it, one who tells of a change since then is not. Nor is a refresh whose
    -- order somebody else has staged meanwhile: what it read is in no row.
    a.id is not null and h.state = 'waiting' and (h.purpose = 'import' and h.changed_ask = 0
      or (h.purpose = 'import' and h.changed_ask <= a.asks or h.asks = a.asks)
        and (i.id is not null or a.order_number in (select u.order_number from unwanted u))) as answered,
    -- What had been given up and has come in by another way is no longer a failure that staff must look at. An import that still waits is
    -- overtaken by a refresh: the mall had held its order back, for days as like as not.
    h.state = 'failed' or h.purpose = 'import' and h.changed_ask = 0 and h.order_number = any(:refreshed) as overtaken
  from held h left join answers a on a.request_id = h.id left join inserted i on i.id = a.id where h.state <> 'done'
), ending as (
  -- As arrays: the planner takes them for one row and would look through them all for each request.
  select array_agg(id) filter (where answered or overtaken) as ids, coalesce(array_agg(id) filter (where answered), '{}') as answered,
    coalesce(array_agg(id) filter (where answered and staged), '{}') as staged
  from asked
), ended as (
  update import_requests r set state = 'done', finished_at = :now, sealed_mall_message = null,
    message = (select u.message from unwanted u where u.order_number = r.order_number),
    attempts = r.attempts + (r.id = any(e.answered))::int, sealed_raw = case when r.id <> all(e.answered) then r.sealed_raw end,
    outcome = case when r.id = any(e.staged) then 'staged'
      when r.order_number in (select u.order_number from unwanted u) then '${DISMISSED}' else 'already_here' end
  from ending e where r.id = any(e.ids) and r.shop_id = :shop and r.order_number = any(:numbers)
), given as (
  update shop_turns t set lease_until = null, released = t.holder from ending e
  where t.shop_id = :shop and t.holder = :ending and not t.wanted and cardinality(e.answered) = cardinality(:ids)
  returning t.holder
)
select coalesce((select array_agg(id::text) from inserted), '{}') as staged,
  array(select order_number from unwanted) as unwanted, (select cardinality(answered) from ending) as ended,
  array(select id::text from inserted where marks @> '{combinable}') as combinable,
  array(select failure from looked where id is null) as "markFailures", exists (select from given) as "isReleased"`,
)

/** The shop whose orders are written, as far as that needs it. */
export interface StagingShop {
  id: string
  tenantId: string
  marketplace: MarketplaceName
  /** src/shops/shops/settings.ts */
  settings: unknown
  /** `Shop.capabilities`; left out: none. */
  capabilities?: unknown
  /** Of the turn in which the mall was asked; left out: not in a turn. */
  holder?: string
}

export type ImportPurpose = 'import' | 'refresh' | 'reimport'
export type ImportSource = 'mail' | 'notification' | 'person' | 'sweep' | 'window' | 'change' | 'file'

/** Why an order was read: the import request that ends when it is written. */
export interface ReadFor {
  id: string
  tenantId: string
  orderNumber: string
  purpose: ImportPurpose
  source: ImportSource
  mailId: string | null
  /** When the listener saw the mail, and what kind of mail it was. */
  mailSeenAt: Date | null
  mailKind: string | null
  /** The order, when it is here already. */
  orderId: string | null
  /** A request that was asked for again since then is not ended by what is read for it now. */
  asks: number
  /** A person wants this very order in, although staff took it off before. */
  byHand?: boolean
}

/**
 * For an order that was read without anybody's import request. Writing it ends the request it was read for;
 * under the order's own id there is none, so nothing ends.
 */
export const noRequest = (
  shop: { tenantId: string },
  order: { id: string; orderNumber: string },
  source: ImportSource,
): ReadFor => ({
  id: order.id,
  tenantId: shop.tenantId,
  orderNumber: order.orderNumber,
  purpose: 'refresh',
  source,
  mailId: null,
  mailSeenAt: null,
  mailKind: null,
  orderId: order.id,
  asks: 0,
})

/** The mall's answer to a request: its order. */
export interface FoundOrder {
  request: ReadFor
  order: NormalisedOrder
  raw: string
  rereadAt: Date | undefined
  revision: string | null
  takenBack: readonly TakenBackParcel[]
}

/** The same, ready to be written: everything that can fail for one order alone has been done. */
export interface PreparedOrder extends FoundOrder {
  orderId: string
  columns: OrderColumns
  detail: Uint8Array
  search: SearchToken[]
  hashes: Fingerprints
  sealedRaw: Uint8Array
}

/**
 * Makes an order's texts storable, before anything is made of them, and seals it for the row it goes to.
 * @throws RangeError and TypeError when the adapter's order is not what its type says.
 */
export function prepareOrder(found: FoundOrder, orderId: string, sealer: Sealer): PreparedOrder {
  const order = storable(found.order)
  const own = sealer.of(found.request.tenantId)
  const hashes = rememberFingerprints(sealer)
  return {
    ...found,
    order,
    orderId,
    columns: toOrderColumns(order),
    search: searchTokens(hashes, found.request.tenantId, order),
    hashes,
    detail: sealDetail(own, orderId, order),
    sealedRaw: own.sealText(`order:${orderId}:raw`, found.raw),
  }
}

/**
 * Lets another area act on orders as they are staged. Asked before the transaction with the orders that may
 * be new; what it gives back runs inside, with the ids of those that really were. Null: nothing to do, as for
 * most shops, and every new order waits for the answer: so it is given without asking the database.
 */
export type StagedHook = (
  shop: StagingShop,
  orders: readonly PreparedOrder[],
) => ((client: Queries, staged: ReadonlySet<string>, at: Date) => Promise<void>) | null

/** An order with its content, as it is to be marked. */
export interface MarkedOrder {
  orderId: string
  order: NormalisedOrder
  hashes: Fingerprints
}

/** Marks that STAGE writes beside those that `torikomi_look_up_marks` finds. */
export interface PreparedMarks {
  /** By order: what it says by itself, and beside the others of its batch. */
  own: ReadonlyMap<string, readonly string[]>
  lookUp: LookUp
}

/** Marks as STAGE reports them. */
interface StagedMarks {
  /** New orders that can go into one parcel with another. */
  combinable: readonly string[]
  /** Reasons to look again, as the look-up reports them: changed rules, others that stage now, an error. */
  markFailures: readonly string[]
}

/**
 * Finds out what the mall does not say of an order (マーク). None of it stops an import: what fails is logged,
 * and the order has the mark `unchecked` until it has been looked at again.
 */
export interface OrderMarker {
  /** Called before orders are staged; reads only where this process lacks the tenant's rules. */
  prepare(
    shop: Pick<StagingShop, 'id' | 'tenantId'>,
    orders: readonly PreparedOrder[],
  ): Promise<PreparedMarks>
  /**
   * Called after the commit that staged them, with those that are new: marks the orders that can go into one
   * parcel with them, and looks again where the rules had changed or another statement staged at once.
   */
  staged(
    shop: Pick<StagingShop, 'id' | 'tenantId'>,
    orders: readonly MarkedOrder[],
    written: StagedMarks,
  ): Promise<void>
  /** Called after the commit that wrote content anew; reads the content itself, so that the latest counts. */
  rewrite(shop: Pick<StagingShop, 'id' | 'tenantId'>, orderIds: readonly string[]): Promise<void>
}

/** A line of an order's timeline: facts only, nothing of a person. */
export interface EventRow {
  id: string
  order_id: string
  at: Date
  kind: OrderEventKind
  actor: string
  data: Record<string, unknown>
}

type OrderEventKind =
  | 'mail_seen'
  | 'staged'
  | 'pulled'
  | 'refreshed'
  | 'cancelled_at_mall'
  | 'reopened_at_mall'
  | 'changed_at_mall'
  | 'taken_back_at_mall'
  | 'moved'
  | 'reimported'
  | 'taken_over'

export function mailEvent(
  newId: NewId,
  orderId: string,
  { mailId, mailSeenAt: at, mailKind }: ReadFor,
): EventRow[] {
  if (!mailId || !at) return []
  const data = { mailId, mailKind }
  return [{ id: newId(), order_id: orderId, at, kind: 'mail_seen', actor: 'mail', data }]
}

export const workerEvent = (
  newId: NewId,
  orderId: string,
  at: Date,
  kind: OrderEventKind,
  data: Record<string, unknown>,
): EventRow => ({ id: newId(), order_id: orderId, at, kind, actor: 'worker', data })

/** Tables with the mall's words on an order; whatever else is written with it is our own bookkeeping. */
const OF_THE_ORDER = new Set([
  'orders',
  'order_raws',
  'order_search',
  'order_item_search',
  'order_marks',
  'order_versions',
])
/** Keys made of the order's content. Others are numbers that we gave, and a clash of those is our own. */
const OF_ITS_CONTENT = new Set(['order_search_pkey', 'order_item_search_pkey', 'order_marks_pkey'])
/** Triggers that write what they find in the order. */
const FROM_ITS_CONTENT = /function torikomi_(items?_searchable|item_tokens|order_marked|number_tokens?)\(/

/**
 * True when Postgres refused an order for its content, so that it would be refused again and others would
 * not. Any other refusal of the write is our outage: a count, an event, a sequence at its end, a month
 * without a partition. The order waits until that is fixed.
 */
export function isOrdersFault(error: unknown): boolean {
  const code = codeOf(error) ?? ''
  const { table, constraint, column, where } = factsOf(error)
  if (typeof table === 'string' && !OF_THE_ORDER.has(table)) return false
  switch (code.slice(0, 2)) {
    case '22':
    case '54':
      // A sequence that has come to its end.
      if (code === '2200H') return false
      return typeof where !== 'string' || !where.includes('PL/pgSQL') || FROM_ITS_CONTENT.test(where)
    case '23':
      // A key that points to another row, and a row that no partition takes, say nothing of the order.
      if (code === '23502') return typeof table === 'string' && typeof column === 'string'
      if (code === '23514') return typeof table === 'string' && typeof constraint === 'string'
      return code === '23505' && OF_ITS_CONTENT.has(String(constraint))
    default:
      return false
  }
}
