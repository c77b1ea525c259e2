import { insertRequests, REQUEST_COLUMNS } from '../../imports/requests/store.ts'
import { statement } from '../../platform/db/statement-names.ts'

/** One row. */
export interface Answer {
  /** False: nothing was stored. */
  moved: boolean
  /** Ids of the mails that were not known yet. */
  fresh: string[]
  /** Shops whose requests are due. */
  shopIds: string[]
  /**
   * Shops for which many numbers from unverified senders waited already: their list finds new orders better.
   */
  crowded: string[]
}

/**
 * One or two mails from unverified senders are requested by number. For more, one call of the mall's list
 * shows which are orders.
 */
export const CROWD = 5

/**
 * Most waiting numbers from unverified senders for a shop, also from one batch of mails. More push out the
 * oldest: if the new ones were refused instead, a flood would keep out all later ones. The mall's list, which
 * is fetched as well, knows which are orders.
 */
const MOST_DOUBTFUL = 100
const DOUBTFUL_WAITING = `(
      select count(*) from import_requests d where d.shop_id = new.shop_id and d.state = 'waiting' and d.trust = 'unknown')`
const TRUST_RANK = `case new.trust when 'unknown' then 1 else 0 end`

// Two mails may name the same order; the row for both must come from a mail that is stored.
const WANTED = `(
    select distinct on (shop_id, order_number, purpose) new.*
    from jsonb_to_recordset($11::jsonb) as new ${REQUEST_COLUMNS}
    join inserted on inserted.id = new.mail_id
    where new.trust is distinct from 'unknown' or new.id in (select id from kept)
    order by shop_id, order_number, purpose, ${TRUST_RANK}, new.id
  ) as wanted`

const NEW_DOUBTFUL = `jsonb_to_recordset($11::jsonb) as new ${REQUEST_COLUMNS} where new.trust = 'unknown'`

// The newest have the highest ids. One that is named again is not pushed out: a statement may touch a row only once.
const PUSH_OUT = `
  delete from import_requests r where r.id in (
    select old.id from (select new.shop_id, count(*) as coming from ${NEW_DOUBTFUL} group by new.shop_id) n
    cross join lateral (
      select d.id, d.order_number from import_requests d where d.shop_id = n.shop_id and d.state = 'waiting' and d.trust = 'unknown'
      order by d.id desc offset greatest(0, ${MOST_DOUBTFUL} - n.coming)
    ) old
    where exists (select from held) and not exists (
      select from jsonb_to_recordset($11::jsonb) as again ${REQUEST_COLUMNS}
      where again.shop_id = n.shop_id and again.order_number = old.order_number)
  )`

/**
 * Stores mails, their requests, counters, the mailbox's hourly counts and the cursor in one statement: every
 * new order waits for it, and its cost is mostly the round trip. Comparing the cursor with the one read makes
 * a second reader of the mailbox fail instead of counting twice. The row is locked first, because then
 * nothing at all may be stored.
 */
export const STORE_BATCH = statement(`
with held as (
  select id from mailboxes where id = $2::uuid and lease_owner = $3
    and uid_validity is not distinct from $4::bigint and last_uid is not distinct from $5::bigint
  for update
), inserted as (
  insert into mails (id, tenant_id, mailbox_id, uid_validity, uid, fingerprint, state, marketplace, kind, order_numbers,
    reason, trust, path, sent_at, seen_at, size, sealed_mail)
  select new.id, tenant_id, held.id, $6::bigint, uid, decode(fingerprint, 'hex'), state, marketplace, kind, order_numbers,
    reason, trust, decode(path, 'hex'), sent_at, $9::timestamptz, size, decode(sealed_mail, 'hex')
  from held, jsonb_to_recordset($1::jsonb) as new (id uuid, tenant_id uuid, uid bigint, fingerprint text, state mail_state,
    marketplace marketplace, kind text, order_numbers text[], reason text, trust text, path text, sent_at timestamptz, size int, sealed_mail text)
  on conflict (mailbox_id, fingerprint) do nothing
  returning id, state, kind, sent_at
), sent as (
  select least(coalesce(sent_at, $9::timestamptz), $9::timestamptz) at time zone 'Asia/Tokyo' as at from inserted
  where kind = 'new_order' and (sent_at is null or sent_at > $9::timestamptz - interval '7 days')
), hourly as (
  insert into mailbox_days as known (mailbox_id, day, hours)
  select $2::uuid, d.day, array(
    select (select count(*)::int from sent s where s.at::date = d.day and extract(hour from s.at) = h)
    from generate_series(0, 23) h order by h)
  from (select distinct at::date as day from sent) d
  on conflict (mailbox_id, day) do update set hours = array(
    select old + new from unnest(known.hours, excluded.hours) with ordinality as u (old, new, h) order by h)
), kept as (
  select id from (
    select new.id, row_number() over (partition by new.shop_id order by new.id desc) as rank from ${NEW_DOUBTFUL}
  ) ranked where rank <= ${MOST_DOUBTFUL}
), pushed_out as (${PUSH_OUT}
), requested as (
  ${insertRequests(WANTED, '$9::timestamptz')}
), counted as (
  select count(*) filter (where state = 'recognised') as recognised,
    count(*) filter (where state = 'unreadable') as unreadable
  from inserted
), moved as (
  update mailboxes m set uid_validity = $6::bigint, last_uid = $7::bigint,
    mails_recognised = m.mails_recognised + counted.recognised,
    mails_unreadable = m.mails_unreadable + counted.unreadable,
    mails_ignored = m.mails_ignored + $8::int,
    mails_skipped = m.mails_skipped + $12::int,
    skipped_at = case when $12::int > 0 then $9::timestamptz else m.skipped_at end,
    last_mail_at = case when $10::boolean then $9::timestamptz else m.last_mail_at end
  from held, counted where m.id = held.id
  returning m.id
)
select exists (select from moved) as moved, array(select id::text from inserted) as fresh,
  array(select distinct shop_id from requested where due) as "shopIds",
  array(select distinct new.shop_id::text from jsonb_to_recordset($11::jsonb) as new ${REQUEST_COLUMNS}
    where new.trust = 'unknown' and ${DOUBTFUL_WAITING} >= ${CROWD}) as crowded`)
