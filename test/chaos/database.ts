import pg from 'pg'
import { keyOf } from './arrivals.ts'

/** What Postgres itself says, past the service and past the gate. */

export interface StoredOrder {
  key: string
  stagedAt: number
  pulled: boolean
  /** Rows of its timeline that say it was staged. */
  stagings: number
}

interface OpenWork {
  /** Import requests that wait, as `purpose number: outcome`, and those of them that are due since long or have no reason. */
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
}

export interface Books {
  /** Cheap enough to be asked for every second. */
  progress(): Promise<Progress>
  orders(): Promise<StoredOrder[]>
  openWork(): Promise<OpenWork>
  changes(): Promise<StoredChange[]>
}

export function openBooks(url: () => string): Books {
  const query = async <R extends pg.QueryResultRow>(text: string): Promise<R[]> => {
    const client = new pg.Client({ connectionString: url() })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query<R>(text)).rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  return {
    progress: async () => (await query<Progress & pg.QueryResultRow>(PROGRESS))[0] as Progress,
    async orders() {
      const rows = await query<{ m: string; n: string; at: Date; pulled: boolean; stagings: number }>(ORDERS)
      return rows.map(({ m, n, at, pulled, stagings }) => ({
        ...{ key: keyOf(m, n), stagedAt: at.getTime(), pulled, stagings },
      }))
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
  }
}

const ORDERS = `
select o.marketplace::text as m, o.order_number as n, o.staged_at as at, o.pulled_at is not null as pulled,
  (select count(*)::int from order_events e where e.order_id = o.id and e.kind = 'staged') as stagings
from orders o`

/** Waiting for a time that is over, at a shop that is neither closed nor in anybody's hands. */
const OVERDUE = `r.next_attempt_at < now() - interval '30 seconds' and coalesce(s.lane_closed_until < now(), true)`

const WAITING = `
select ${OVERDUE} as overdue,
  concat(s.marketplace, ' ', r.order_number, ' ', r.purpose, ' ', r.source, ' ', r.outcome, ' attempts=', r.attempts,
    ' due=', r.next_attempt_at) as text
from import_requests r join shops s on s.id = r.shop_id where r.state = 'waiting'`

const PROGRESS = `
select o.staged, o.pulled, r.waiting, r.overdue, c.changes, c.open
from (select count(*)::int as staged, count(pulled_at)::int as pulled from orders) o,
  (select count(*)::int as waiting, (count(*) filter (where ${OVERDUE}))::int as overdue
    from import_requests r join shops s on s.id = r.shop_id where r.state = 'waiting') r,
  (select count(*)::int as changes, (count(*) filter (where state in ('queued', 'changing')))::int as open from site_changes) c`

const ATTENTION = `
select concat('shop ', marketplace, ' ', attention_code) as text from shops where attention_code is not null
union all select concat('mailbox ', name, ' ', attention_code) from mailboxes where attention_code is not null`

const FAILED = `
select concat(r.outcome, ' ', s.marketplace, ' ', r.order_number, ' ', r.purpose, ' ', r.source,
  ' attempts=', r.attempts, ' asked for ', round(extract(epoch from r.finished_at - r.requested_at)), ' s') as text
from import_requests r join shops s on s.id = r.shop_id where r.state = 'failed'`
