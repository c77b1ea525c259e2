import type { MailTrust } from '../../marketplaces/port/mail-rules.ts'
import type { ReadFor } from '../../orders/store/stage.ts'
import { statement } from '../../platform/db/statement-names.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { dueOfMany } from '../../worker/statements.ts'
import { NOT_FOUND, PENDING, STORAGE_REFUSES } from './result-codes.ts'
import { PRIORITIES } from './store.ts'

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
  /** Of these, those whose answer was broken: a number still unknown to the mall is not at fault. */
  brokenAttempts: number
  priority: number
  expiresAt: Date
  /** When an order that the mall holds back is given up; null as long as it does not. */
  pendingUntil: Date | null
  /** Code of the last attempt, which did not end the request. */
  lastCode: string | null
  /** Trust in the mail behind it; null when something else requests it. */
  trust: MailTrust | null
}

/** Only a stranger's mail names it. */
export const isDoubtful = ({ trust }: Pick<DueRequest, 'trust'>): boolean => trust === 'unknown'

/** Requests read at once: several calls' worth, so that one batch is written while the next is asked for. */
export const READ_AT_ONCE = 300
/** Of what strangers' mails ask for, so much is read with the rest: their share of the quota is small. */
const MOST_DOUBTFUL = 20

/** True when a read of at most `limit` rows may have left due requests out. */
export const isPartOfDue = (due: readonly DueRequest[], limit: number): boolean =>
  due.length >= limit || due.filter(isDoubtful).length >= MOST_DOUBTFUL

/**
 * A shop's due requests, most urgent first, oldest first among equals; few of the doubtful ones, the newest,
 * however many wait.
 *
 * They are read, not taken: a request stays `waiting` until the transaction that ends it, so that a killed
 * process leaves nothing behind. A shop has one turn at a time (src/worker/statements.ts); should it have two
 * nevertheless, the mall is asked twice, and the unique order and the check for `waiting` make the second
 * answer change nothing.
 */
export async function readDue(
  queries: Queries,
  shopId: string,
  now: Date,
  limit: number,
): Promise<DueRequest[]> {
  const { rows } = await queries.query<DueRequest>({ ...DUE, values: [shopId, now, limit] })
  return rows
}

// The order is looked up for each request: as a join, a plan made while there were few orders would go
// through all of the shop's.
const dueRows = (limit: string): string => `
select r.id, r.tenant_id as "tenantId", r.shop_id as "shopId", r.order_number as "orderNumber", r.purpose, r.source,
  r.mail_id as "mailId", m.seen_at as "mailSeenAt", m.kind as "mailKind", m.sent_at as "mailSentAt",
  case when r.source <> 'mail' then (
    select w.at from swept_orders w where w.shop_id = r.shop_id and w.order_number = r.order_number) end as "placedAt",
  r.requested_at as "requestedAt", r.attempts, r.asks, r.expires_at as "expiresAt", r.pending_until as "pendingUntil", r.outcome as "lastCode", r.trust, r.priority,
  (select count(*)::int from jsonb_array_elements(r.retries) with ordinality t (retry, n)
    where n > jsonb_array_length(r.retries) - r.attempts and retry->>'code' <> all ('{${INNOCENT.join()}}')) as "brokenAttempts",
  (select o.id from orders o where o.shop_id = r.shop_id and o.order_number = r.order_number) as "orderId"
from (
  (select * from import_requests where shop_id = $1 and state = 'waiting' and next_attempt_at <= $2 and trust is distinct from 'unknown'
    order by priority, next_attempt_at, id limit ${limit})
  union all
  (select * from import_requests where shop_id = $1 and state = 'waiting' and next_attempt_at <= $2 and trust = 'unknown'
    order by priority, next_attempt_at desc, id desc limit ${MOST_DOUBTFUL})
) r
left join mails m on m.id = r.mail_id
order by r.priority, r.next_attempt_at, r.id`

const DUE = statement(dueRows('$3'))

// Each priority, so that the index passes over a backlog that is due.
const backedOff = (shopId: string, now: string): string => `
  r.shop_id = ${shopId} and r.state = 'waiting' and r.priority = any('{${PRIORITIES}}') and r.next_attempt_at > ${now}
    and r.outcome <> all('{${INNOCENT}}') and r.trust is distinct from 'unknown'`

/** Due work at the beginning of a shop's turn (`ShopJob.due`). */
export interface DueAtFirst {
  requests: DueRequest[]
  /** Some waits because its last answer was broken: `endBackoff` may have something to end. */
  inBackoff: boolean
}

/** SQL of a `DueAtFirst` as JSON, null where nothing is due and nothing in backoff; $1 shop, $2 now. */
export const DUE_AT_FIRST = `(
  select json_build_object('requests', coalesce(first.requests, '[]'), 'inBackoff', first.backoff) from (
    select (select json_agg(d) from (${dueRows(String(READ_AT_ONCE))}) d) as requests,
      exists (select from import_requests r where ${backedOff('$1', '$2')}) as backoff offset 0
  ) first where first.requests is not null or first.backoff)`

/**
 * @param stored new requests, few of them, of which none is doubtful; they were committed while `due` was
 * read
 */
export function withStored(due: DueAtFirst | null, stored: readonly DueRequest[]): DueAtFirst {
  const { requests, inBackoff } = due ?? { requests: [], inBackoff: false }
  // Read again when these have had their turn.
  if (requests.length >= READ_AT_ONCE) return { requests, inBackoff }
  const ids = new Set(stored.map(({ id }) => id))
  const others = requests.filter(({ id }) => !ids.has(id))
  return { requests: [...others, ...stored].sort((a, b) => a.priority - b.priority), inBackoff }
}

const TIMES = ['mailSeenAt', 'mailSentAt', 'placedAt', 'requestedAt', 'expiresAt', 'pendingUntil'] as const

/** JSON has no times. @returns `due`, the times of its requests made into dates */
export function toDueAtFirst(due: DueAtFirst): DueAtFirst {
  for (const request of due.requests)
    for (const time of TIMES) if (request[time]) request[time] = new Date(request[time])
  return due
}

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
      where shop_id = w.shop_id and state = 'waiting' and priority = p.priority and next_attempt_at <= $1
      order by next_attempt_at desc limit 1
    ) r`,
  probes: true,
})

/** To be imported, and here already: nobody needs to be asked. */
export const isHere = ({ purpose, orderId }: DueRequest): boolean => purpose === 'import' && orderId !== null

/** Broken before, or the mall fell silent over it: asked for alone and last, to spare the others. */
export const isSuspect = ({ lastCode }: Pick<DueRequest, 'lastCode'>): boolean =>
  lastCode !== null && isBroken(lastCode)

export const isBroken = (code: string): boolean => !INNOCENT.includes(code)

/** A number to import and to refresh is asked for once; the other request follows in the next round. */
export function onePerNumber(requests: readonly DueRequest[]): DueRequest[] {
  const byNumber = new Map<string, DueRequest>()
  for (const request of requests) {
    if (!byNumber.has(request.orderNumber)) byNumber.set(request.orderNumber, request)
  }
  return [...byNumber.values()]
}

const MINUTE_MS = 60_000
/** A mail comes after its order, and clocks differ. */
const MARGIN_MS = 30 * MINUTE_MS
/** A mail that waited longer for us is no better hint than none; its date may be wrong altogether. */
const OLDEST_MAIL_MS = 7 * 24 * 60 * MINUTE_MS

/** A time before which none of the orders was placed, by the mail or the request; a hint, not a fact. */
export function askedSince(requests: readonly DueRequest[]): Date {
  const times = requests.map(({ requestedAt, mailSentAt, placedAt }) => {
    if (placedAt) return placedAt.getTime()
    const asked = requestedAt.getTime()
    const sent = mailSentAt?.getTime() ?? asked
    return asked - sent > OLDEST_MAIL_MS ? asked : Math.min(asked, sent)
  })
  return new Date(times.reduce((oldest, time) => Math.min(oldest, time)) - MARGIN_MS)
}

/**
 * Ends the backoff of a shop's requests whose last answer was broken, when the mall has just given an order:
 * what broke them was an outage, and it is over. Before this, an order came up to 15 minutes after its mall
 * was well again. A request gets this once: where it broke again after the mall had been well, the fault is
 * its own, and its waits stay as they are.
 * @param askedAt when the call began that brought the order; what broke since then broke beside it
 */
export async function endBackoff(
  queries: Queries,
  shopId: string,
  askedAt: Date,
  now: Date,
): Promise<number> {
  const { rowCount } = await queries.query({
    ...END_BACKOFF,
    values: [shopId, now, askedAt],
  })
  return rowCount ?? 0
}

const END_BACKOFF = statement(`
update import_requests set next_attempt_at = $2 where id in (
  select r.id from import_requests r
  where ${backedOff('$1', '$2')}
    and (r.retries -> -1 ->> 'at')::timestamptz < $3
    and not exists (
      select from import_requests good
      where good.shop_id = $1 and good.outcome = 'staged' and good.finished_at <= (r.retries -> -1 ->> 'at')::timestamptz
        and good.finished_at > (
          select min((retry ->> 'at')::timestamptz) from jsonb_array_elements(r.retries) as retry
          where retry ->> 'code' <> all('{${INNOCENT}}')))
  order by r.next_attempt_at limit ${READ_AT_ONCE}
  for update of r skip locked)`)

/**
 * Ends the wait of one number that somebody has just seen the mall give. False when nothing waits.
 * @param held the mall still holds it back: what waits for that already goes on waiting
 */
export async function endWaitOf(
  queries: Queries,
  { shopId, orderNumber, held }: { shopId: string; orderNumber: string; held: boolean },
  now: Date,
): Promise<boolean> {
  const { rowCount } = await queries.query(END_WAIT_OF, [shopId, orderNumber, now, held ? PENDING : ''])
  return (rowCount ?? 0) > 0
}

const END_WAIT_OF = `
update import_requests set next_attempt_at = $3
where shop_id = $1 and order_number = $2 and state = 'waiting' and next_attempt_at > $3 and outcome is distinct from $4`
