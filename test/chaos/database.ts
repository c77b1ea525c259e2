import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { isReadOnly, isUnreachable } from '../../src/platform/db/failures.ts'
import { createClient } from '../../src/platform/db/hosts.ts'
import { keyOf } from './arrivals.ts'
import type { OrderFacts } from './history.ts'

/** What Postgres itself says, past the service and past the gate. */

interface StoredOrder {
  id: string
  key: string
  stagedAt: number
  pulled: boolean
  /** Rows of its timeline that say it was staged. */
  stagings: number
  /** The pull that handed it over. */
  batch: string | null
  holds: string[]
  flags: string[]
  marks: string[]
  moves: string[]
  /** Null also where its mall or a change under way keeps it from the rules. */
  sorting: 'due' | 'seen' | null
  status: string
  shop: string
  facts: OrderFacts
}

interface OpenWork {
  /**
   * Import requests that wait, as `purpose number: outcome`, and those of them that are due since long or
   * have no reason.
   */
  waiting: number
  overdue: string[]
  /** Shops and mailboxes that wait for a person. */
  attention: string[]
  /** Failed requests: code first. */
  givenUp: string[]
}

interface StoredChange {
  id: string
  state: string
  code: string | null
}

/** How far everything is, in counts. */
interface Progress {
  staged: number
  pulled: number
  waiting: number
  overdue: number
  changes: number
  /** Of the changes. */
  open: number
  /** Rows of the feed that the webhook is still to be sent. */
  unsent: number
  /** Orders that the rules of 自動仕分け have still to look at. */
  unsorted: number
}

interface StoredLabel {
  /** Null: it has no order. */
  order: string | null
  recipient: string
  key: string
}

interface StoredEvent {
  place: string
  kind: string
  data: Record<string, unknown>
}

interface StoredFeed {
  events: StoredEvent[]
  orders: { id: string; order: string; pulled: boolean }[]
  changes: { id: string; state: string }[]
}

export interface Books {
  /** Cheap enough to be asked for every second. */
  progress(): Promise<Progress>
  orders(): Promise<StoredOrder[]>
  /** Keys of those that are here: cheap enough for every few seconds. */
  keys(): Promise<ReadonlySet<string>>
  openWork(): Promise<OpenWork>
  changes(): Promise<StoredChange[]>
  /**
   * The feed in its order, up to what may still come in between, and the orders and changes that it tells of,
   * all of one moment.
   */
  feed(): Promise<StoredFeed>
  labels(): Promise<StoredLabel[]>
}

const MOST_TRIES = 60

export function openBooks(url: () => string): Books {
  const once = async <R extends pg.QueryResultRow>(text: string): Promise<R[]> => {
    const client = createClient(url())
    client.on('error', () => undefined)
    try {
      await client.connect()
      return (await client.query<R>(text)).rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  /** A cluster on a busy machine may fail over by itself meanwhile. */
  const query = async <R extends pg.QueryResultRow>(text: string): Promise<R[]> => {
    for (let tries = 1; ; tries += 1)
      try {
        return await once<R>(text)
      } catch (error) {
        if (tries >= MOST_TRIES || !(isUnreachable(error) || isReadOnly(error))) throw error
        await sleep(1_000)
      }
  }
  return {
    progress: async () => (await query<Progress & pg.QueryResultRow>(PROGRESS))[0] as Progress,
    async orders() {
      const rows = await query<Omit<StoredOrder, 'key' | 'stagedAt'> & { m: string; n: string; at: Date }>(
        ORDERS,
      )
      return rows.map(({ m, n, at, ...more }) => ({ key: keyOf(m, n), stagedAt: at.getTime(), ...more }))
    },
    async keys() {
      const rows = await query<{ m: string; n: string }>(
        'select marketplace::text as m, order_number as n from orders',
      )
      return new Set(rows.map(({ m, n }) => keyOf(m, n)))
    },
    async openWork() {
      const [requests, attention, failed] = await Promise.all([
        query<{ overdue: boolean; text: string }>(WAITING),
        query<{ text: string }>(ATTENTION),
        query<{ text: string }>(FAILED),
      ])
      return {
        waiting: requests.length,
        overdue: requests.filter(({ overdue }) => overdue).map(({ text }) => text),
        attention: attention.map(({ text }) => text),
        givenUp: failed.map(({ text }) => text),
      }
    },
    changes: () => query<StoredChange>('select id::text, state::text, code from site_changes'),
    async feed() {
      const [row] = await query<{
        events: StoredEvent[]
        orders: { id: string; m: string; n: string; pulled: boolean }[]
        changes: StoredFeed['changes']
      }>(FEED)
      const { events = [], orders = [], changes = [] } = row ?? {}
      return {
        events,
        changes,
        orders: orders.map(({ id, m, n, pulled }) => ({ id, order: keyOf(m, n), pulled })),
      }
    },
    async labels() {
      const rows = await query<{ m: string | null; n: string; recipient: string; key: string }>(LABELS)
      return rows.map(({ m, n, ...label }) => ({ order: m === null ? null : keyOf(m, n), ...label }))
    },
  }
}

/** An order whose change is under way waits for its end. */
const SORTABLE = "o.mall_state = 'open' and o.change_state not in ('queued', 'changing')"

const ORDERS = `
select o.id::text, o.marketplace::text as m, o.order_number as n, o.staged_at as at, o.pulled_at is not null as pulled, o.pull_id::text as batch, o.holds, o.flags, o.marks,
  o.status::text, o.shop_id::text as shop,
  json_build_object('day', (o.ordered_at at time zone 'Asia/Tokyo')::date::text, 'amount', coalesce(o.billed_amount, 0),
    'gone', o.mall_state = 'cancelled' or o.status = 'cancelled', 'shipBy', o.ship_by,
    'leftOn', case when o.mall_state in ('shipped', 'completed') or o.status in ('shipped', 'completed')
      then (o.ended_at at time zone 'Asia/Tokyo')::date::text end) as facts,
  case when ${SORTABLE} then o.sorting end as sorting,
  array(select concat(e.actor, ' ', e.data ->> 'from', '>', e.data ->> 'to') from order_events e
    where e.order_id = o.id and e.kind = 'moved' order by e.at, e.id) as moves,
  (select count(*)::int from order_events e where e.order_id = o.id and e.kind = 'staged') as stagings
from orders o`

/** Older than every running transaction: what came of a newer one the feed does not tell yet. */
const isTold = (xid: string): string =>
  `${xid}::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint`

const FEED = `
select
  (select coalesce(json_agg(json_build_object('place', concat(xid, '-', id), 'kind', kind, 'data', data) order by xid, id), '[]')
    from events where kind <> 'counts' and ${isTold('xid')}) as events,
  (select coalesce(json_agg(json_build_object('id', id, 'm', marketplace, 'n', order_number, 'pulled', pulled_at is not null)), '[]')
    from orders where ${isTold('xmin')}) as orders,
  (select coalesce(json_agg(json_build_object('id', id, 'state', state)), '[]')
    from site_changes where ${isTold('xmin')}) as changes`

const LABELS = `
select o.marketplace::text as m, o.order_number as n, l.recipient_id as recipient, l.key
from labels l left join orders o on o.id = l.order_id`

/** Waiting for a time that is over, at a shop that is neither closed nor in anybody's hands. */
const OVERDUE = `r.next_attempt_at < now() - interval '30 seconds' and coalesce(s.lane_closed_until < now(), true)`

const WAITING = `
select ${OVERDUE} as overdue,
  concat(s.marketplace, ' ', r.order_number, ' ', r.purpose, ' ', r.source, ' ', r.outcome, ' attempts=', r.attempts,
    ' due=', r.next_attempt_at) as text
from import_requests r join shops s on s.id = r.shop_id where r.state = 'waiting'`

const PROGRESS = `
select o.staged, o.pulled, o.unsorted, r.waiting, r.overdue, c.changes, c.open, w.unsent
from (select count(*)::int as staged, count(pulled_at)::int as pulled,
    (count(*) filter (where o.sorting = 'due' and ${SORTABLE}))::int as unsorted from orders o) o,
  (select count(*)::int as waiting, (count(*) filter (where ${OVERDUE}))::int as overdue
    from import_requests r join shops s on s.id = r.shop_id where r.state = 'waiting') r,
  (select count(*)::int as changes, (count(*) filter (where state in ('queued', 'changing')))::int as open from site_changes) c,
  (select (select count(*) from webhook_deliveries where state = 'waiting')::int + (select count(*) from webhooks h join lateral
    (select from events e where e.tenant_id = h.tenant_id and e.kind <> 'counts' and (e.xid, e.id) > (h.xid, h.event_id) limit 1) e on true
    where h.enabled)::int as unsent) w`

const ATTENTION = `
select concat('shop ', marketplace, ' ', attention_code) as text from shops where attention_code is not null
union all select concat('mailbox ', name, ' ', attention_code) from mailboxes where attention_code is not null`

const FAILED = `
select concat(r.outcome, ' ', s.marketplace, ' ', r.order_number, ' ', r.purpose, ' ', r.source,
  ' attempts=', r.attempts, ' asked for ', round(extract(epoch from r.finished_at - r.requested_at)), ' s') as text
from import_requests r join shops s on s.id = r.shop_id where r.state = 'failed'`
