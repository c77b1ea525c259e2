import { statement } from '../platform/db/statement.ts'

const PERIOD = { shop: 'uuid', from: 'timestamptz', until: 'timestamptz' } as const

export interface MailCount {
  kind: string
  state: string
  /** How far the sender is believed. */
  trust: string | null
  /** Why nothing was found. */
  reason: string | null
  count: number
  /** Mails whose order is here. */
  staged: number
  /** From the mail's arrival here to the order's staging, at most. */
  slowestSeconds: number | null
}

/** Mails of the shop's mall in its mailboxes; one that names numbers of other shops alone is theirs. */
export const COUNT_MAILS = statement(
  PERIOD,
  `
select m.kind, m.state::text, m.trust, m.reason, count(*)::int as count, count(o.staged_at)::int as staged,
  ceil(max(extract(epoch from o.staged_at - m.seen_at)) filter (where m.kind = 'new_order' and o.staged_at >= m.seen_at))::int as "slowestSeconds"
from shops s
join mailbox_shops b on b.shop_id = s.id
join mails m on m.mailbox_id = b.mailbox_id and m.marketplace = s.marketplace and m.tenant_id = s.tenant_id
left join lateral (
  select min(staged_at) as staged_at from orders o where o.shop_id = s.id and o.order_number = any(m.order_numbers)) o on true
where s.id = :shop and m.seen_at >= :from and m.seen_at <= :until
  and (o.staged_at is not null or m.order_numbers = '{}'
    or not exists (select from orders x where x.tenant_id = s.tenant_id and x.shop_id <> s.id and x.order_number = any(m.order_numbers)))
group by 1, 2, 3, 4 order by count(*) desc, 1, 2, 3, 4 limit 100`,
)

export interface OutcomeCount {
  source: string
  purpose: string
  state: string
  /** staged, already_here, …, or the code of a failure. */
  outcome: string | null
  count: number
}

export const COUNT_OUTCOMES = statement(
  PERIOD,
  `
select source, purpose, state::text, outcome, count(*)::int as count from import_requests
where shop_id = :shop and requested_at >= :from and requested_at <= :until
group by 1, 2, 3, 4 order by count(*) desc, 1, 2, 3, 4 limit 100`,
)

export interface WaitCount {
  kind: string
  code: string | null
  count: number
  seconds: number
}

export const COUNT_WAITS = statement(
  PERIOD,
  `
select kind, code, count(*)::int as count,
  coalesce(ceil(sum(extract(epoch from least(coalesce(ended_at, until_at, :until), :until) - from_at)))::int, 0) as seconds
from shop_waits where shop_id = :shop and from_at >= :from and from_at <= :until
group by 1, 2 order by count(*) desc, 1, 2 limit 100`,
)
