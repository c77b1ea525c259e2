import type { Pool } from 'pg'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { MailTrust } from '../marketplaces/port/mail-rules.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'

/** All that is stored of one order number, in the tenant's shops that may hold it. Times are the database's. */
export interface Facts {
  now: Date
  shops: readonly ShopFacts[]
  orders: readonly OrderFacts[]
  /** Newest first. */
  requests: readonly RequestFacts[]
  listed: readonly ListedFacts[]
  /** Newest first. */
  unreadableMails: readonly { seenAt: Date; shopIds: readonly string[]; reason: string | null }[]
}

export interface ShopFacts {
  id: string
  name: string
  marketplace: MarketplaceName
  code: string
  /** Whether the number has the form of this shop's orders; null where the mall's numbers do not tell. */
  owns: boolean | null
  enabled: boolean
  tenantActive: boolean
  attention: { code: string; message: string; since: Date | null; probeAt: Date | null } | null
  lane: { until: Date; reason: string | null } | null
  quotaUntil: Date | null
  sweep: { runAt: Date; verifiedUntil: Date | null; message: string | null } | null
  mailboxes: readonly MailboxFacts[]
}

interface MailboxFacts {
  name: string
  enabled: boolean
  lastMailAt: Date | null
  attention: { message: string; since: Date | null } | null
  quietSince: Date | null
}

export interface OrderFacts {
  id: string
  shopId: string
  status: string
  mallState: string
  stagedAt: Date
  pulledAt: Date | null
  pullId: string | null
  editedAt: Date | null
  purgedAt: Date | null
  erasedAt: Date | null
}

export interface RequestFacts {
  id: string
  shopId: string
  source: string
  state: 'waiting' | 'done' | 'failed'
  attempts: number
  nextAttemptAt: Date
  outcome: string | null
  message: string | null
  requestedAt: Date
  finishedAt: Date | null
  trust: MailTrust | null
  mailSeenAt: Date | null
  retries: readonly { at: string; code: string }[]
}

interface ListedFacts {
  shopId: string
  at: Date
  listedAt: Date
  state: string
}

type ShopRow = Omit<ShopFacts, 'owns' | 'attention' | 'lane' | 'sweep' | 'mailboxes'> & {
  attentionCode: string | null
  attentionMessage: string | null
  attentionSince: Date | null
  probeAt: Date | null
  laneClosedUntil: Date | null
  laneClosedReason: string | null
  runAt: Date | null
  verifiedUntil: Date | null
  sweepMessage: string | null
}
type MailboxRow = Omit<MailboxFacts, 'attention'> & {
  shopId: string
  attentionCode: string | null
  attentionMessage: string | null
  attentionSince: Date | null
}

/**
 * Reads the facts in six statements, each by an existing index, so that the cost does not grow with the number of orders.
 * @param shops those that the caller is bound to; null: all
 */
export async function readFacts(
  deps: { pool: Pool; marketplaces: Marketplaces },
  tenantId: string,
  orderNumber: string,
  shops: readonly string[] | null,
  now: Date,
): Promise<Facts> {
  const { pool } = deps
  const shopRows = await pool.query<ShopRow>(SHOPS, [tenantId, shops, now, MOST_SHOPS])
  const ids = shopRows.rows.map(({ id }) => id)
  const [mailboxes, orders, requests, listed, unreadable] = await Promise.all([
    pool.query<MailboxRow>(MAILBOXES, [ids]),
    pool.query<OrderFacts>(ORDERS, [ids, orderNumber]),
    pool.query<RequestFacts>(REQUESTS, [ids, orderNumber, MOST_REQUESTS]),
    pool.query<ListedFacts>(LISTED, [ids, orderNumber]),
    pool.query<Facts['unreadableMails'][number]>(UNREADABLE, [
      tenantId,
      ids,
      new Date(now.getTime() - UNREADABLE_FOR_MS),
    ]),
  ])
  return {
    now,
    shops: shopRows.rows.map((row) =>
      toShopFacts(
        row,
        mailboxes.rows.filter(({ shopId }) => shopId === row.id),
        deps.marketplaces.get(row.marketplace)?.ownsOrderNumber(row.code, orderNumber) ?? null,
        now,
      ),
    ),
    orders: orders.rows,
    requests: requests.rows,
    listed: listed.rows,
    unreadableMails: unreadable.rows,
  }
}

/** A tenant has a few; the limit keeps the answer bounded. */
const MOST_SHOPS = 500
const MOST_REQUESTS = 20
/** A mail that could not be read explains an order of about its own time only. */
const UNREADABLE_FOR_MS = 3 * 24 * 60 * 60_000

function toShopFacts(
  row: ShopRow,
  mailboxes: readonly MailboxRow[],
  owns: boolean | null,
  now: Date,
): ShopFacts {
  const closed = row.laneClosedUntil !== null && row.laneClosedUntil > now
  return {
    id: row.id,
    name: row.name,
    marketplace: row.marketplace,
    code: row.code,
    owns,
    enabled: row.enabled,
    tenantActive: row.tenantActive,
    attention:
      row.attentionCode === null
        ? null
        : {
            code: row.attentionCode,
            message: row.attentionMessage ?? '',
            since: row.attentionSince,
            probeAt: row.probeAt,
          },
    lane: closed && row.laneClosedUntil ? { until: row.laneClosedUntil, reason: row.laneClosedReason } : null,
    quotaUntil: row.quotaUntil,
    sweep: row.runAt && {
      runAt: row.runAt,
      verifiedUntil: row.verifiedUntil,
      message: row.sweepMessage,
    },
    mailboxes: mailboxes.map((mailbox) => ({
      name: mailbox.name,
      enabled: mailbox.enabled,
      lastMailAt: mailbox.lastMailAt,
      quietSince: mailbox.quietSince,
      attention:
        mailbox.attentionCode === null
          ? null
          : { message: mailbox.attentionMessage ?? '', since: mailbox.attentionSince },
    })),
  }
}

const SHOPS = `
select s.id::text, s.name, s.marketplace::text, s.code, s.enabled, t.status = 'active' as "tenantActive",
  s.attention_code as "attentionCode", s.attention_message as "attentionMessage", s.attention_since as "attentionSince",
  s.attention_probe_at as "probeAt", s.lane_closed_until as "laneClosedUntil", s.lane_closed_reason as "laneClosedReason",
  w.run_at as "runAt", w.verified_until as "verifiedUntil", w.message as "sweepMessage",
  (select q.until_at from shop_waits q
    where q.shop_id = s.id and q.kind = 'quota' and q.from_at <= $3 and q.from_at > $3 - interval '1 day' and q.until_at > $3
      and q.ended_at is null
    order by q.from_at desc limit 1) as "quotaUntil"
from shops s join tenants t on t.id = s.tenant_id left join shop_sweeps w on w.shop_id = s.id
where s.tenant_id = $1 and ($2::uuid[] is null or s.id = any($2))
order by s.created_at, s.id limit $4`

const MAILBOXES = `
select ms.shop_id::text as "shopId", m.name, m.enabled, m.last_mail_at as "lastMailAt", m.quiet_since as "quietSince",
  m.attention_code as "attentionCode", m.attention_message as "attentionMessage", m.attention_since as "attentionSince"
from mailbox_shops ms join mailboxes m on m.id = ms.mailbox_id where ms.shop_id = any($1::uuid[])`

const ORDERS = `
select o.id::text, o.shop_id::text as "shopId", o.status::text, mall_state as "mallState", staged_at as "stagedAt", pulled_at as "pulledAt",
  pull_id::text as "pullId", edited_at as "editedAt", purged_at as "purgedAt", erased_at as "erasedAt"
from unnest($1::uuid[]) as s (id) cross join lateral (
  select o.* from orders o where o.shop_id = s.id and o.order_number = $2) o`

const REQUESTS = `
select r.id::text, r.shop_id::text as "shopId", r.source, r.state::text, r.attempts, r.next_attempt_at as "nextAttemptAt", r.outcome,
  r.message, r.requested_at as "requestedAt", r.finished_at as "finishedAt", r.trust, m.seen_at as "mailSeenAt", r.retries
from (
  select r.* from unnest($1::uuid[]) as s (id) cross join lateral (
    select * from import_requests i where i.shop_id = s.id and i.order_number = $2) r
  where r.purpose = 'import' order by r.requested_at desc, r.id desc limit $3
) r left join mails m on m.id = r.mail_id
order by r.requested_at desc, r.id desc`

const LISTED = `
select shop_id::text as "shopId", at, listed_at as "listedAt", state from swept_orders
where shop_id = any($1::uuid[]) and order_number = $2`

const UNREADABLE = `
select m.seen_at as "seenAt", m.reason,
  array(select ms.shop_id::text from mailbox_shops ms where ms.mailbox_id = m.mailbox_id and ms.shop_id = any($2::uuid[])) as "shopIds"
from mails m where m.tenant_id = $1 and m.state = 'unreadable' and m.seen_at >= $3
order by m.seen_at desc limit 5`
