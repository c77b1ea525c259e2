import { HAS_ORDER_FILES } from '../marketplaces/order-files/form.ts'
import { wasDismissed } from '../orders/store/dismissed.ts'
import { statement } from '../platform/db/statement.ts'
import { ORDER_FILE_FAILED } from '../shops/attention.ts'

/** Statements of order files, each with the reason why it is one round trip. */

/** Longest time for which a process that died keeps its file; the claim has it, too. */
export const LEASE_SECONDS = 60

/**
 * In the transaction of the claim and before it: a claim beside one that has not committed would not see its
 * lease, and read a second file of the same tenant at once.
 */
export const LOCK_CLAIMS = "select pg_advisory_xact_lock(hashtextextended('order files claim', 0))"

/**
 * Claims the next whole file: one at a time of a tenant and of a shop, and of tenants the one that has waited
 * longest for a turn, so that many files of one hold up nobody else.
 */
export const CLAIM_FILE = statement(
  { holder: 'uuid', now: 'timestamptz' },
  `
with next as (
  select f.id from order_files f join shops s on s.id = f.shop_id join tenants t on t.id = f.tenant_id
  where f.state = 'waiting' and t.status = 'active' and (f.lease_until is null or f.lease_until < :now)
    and not exists (
      select from order_files o where o.tenant_id = f.tenant_id and o.state = 'waiting' and o.lease_until >= :now)
  order by (select max(d.finished_at) from order_files d where d.tenant_id = f.tenant_id) nulls first, f.created_at, f.id
  limit 1 for update of f skip locked
)
update order_files f set holder = :holder, lease_until = :now::timestamptz + interval '60 seconds', attempts = f.attempts + 1
from next, shops s where f.id = next.id and s.id = f.shop_id
returning f.id::text, f.tenant_id::text as "tenantId", f.shop_id::text as "shopId", f.form, f.dry_run as "dryRun", f.attempts,
  f.takes_back as "takesBack", f.looked, f.parts, f.file_name as "fileName", f.source, f.exported_at as "exportedAt", f.created_at as "createdAt", s.code, s.marketplace::text, s.settings, s.capabilities`,
)

export const RENEW_FILE = statement(
  { id: 'uuid', holder: 'uuid', until: 'timestamptz' },
  `update order_files set lease_until = :until where id = :id and holder = :holder and state = 'waiting' returning id`,
)

/**
 * Puts the shop of a mailed file under attention: nobody waits for its end. Any other attention stays, for
 * that stops the shop. `shop` is locked by the statement.
 */
const toldOf = (ended: string): string => `
  update shops s set attention_code = '${ORDER_FILE_FAILED}', attention_message = :attention,
    attention_since = case when s.attention_code is null then :now else s.attention_since end, updated_at = :now
  from ${ended} e where s.id = e.shop_id and :attention::text is not null and e.source = 'mail' and not s.attention_stops
    and ${HAS_ORDER_FILES}`

/**
 * Its pieces go with it, so that a buyer's data stands here no longer than needed. A file without a fault
 * heals its shop, however it came, unless one that is newer was not read.
 */
export const FINISH_FILE = statement(
  {
    id: 'uuid',
    holder: 'uuid',
    state: 'text',
    counts: 'jsonb?',
    details: 'bytea?',
    message: 'text?',
    attention: 'text?',
    heals: 'bool',
    now: 'timestamptz',
  },
  `
with shop as materialized (
  select id from shops where id = (select shop_id from order_files where id = :id) for no key update
), ended as (
  update order_files set state = :state, counts = :counts, sealed_details = :details, message = :message, finished_at = :now,
    lease_until = null, holder = null
  where id = :id and shop_id = (select id from shop) and holder = :holder and state = 'waiting'
  returning id, shop_id, source, case when source = 'mail' then least(exported_at, created_at) else created_at end as told_at
), told as (${toldOf('ended')}
), healed as (
  update shops s set attention_code = null, attention_message = null, attention_since = null, updated_at = :now
  from ended e where s.id = e.shop_id and :heals and s.attention_code = '${ORDER_FILE_FAILED}' and not exists (
    select from order_files o where o.shop_id = e.shop_id and o.source = 'mail' and least(o.exported_at, o.created_at) > e.told_at
      and (o.state = 'failed' or o.state = 'done' and (o.counts ->> 'refused')::int > 0))
), pieces as (
  delete from order_file_parts p using ended e where p.file_id = e.id
)
select id from ended`,
)

/** Not with the end of the file: whoever reads it again notes the same. */
export const NOTE_LEFT_OUT = statement(
  { id: 'uuid', holder: 'uuid', heldAt: 'timestamptz', leftOut: 'bytea' },
  `update order_files set held_at = :heldAt, left_out = :leftOut where id = :id and holder = :holder and state = 'waiting'`,
)

/**
 * Reads what newer files of the shop left out, up to a number of bytes of the newest; of those beyond it when
 * they held. By row: of all files, as a row of an older one may be newer.
 */
export const READ_LEFT_OUT = statement(
  { shop: 'uuid', heldAt: 'timestamptz', byRow: 'bool', mostBytes: 'int' },
  `
select case when n.bytes <= :mostBytes then f.left_out end as "leftOut", f.held_at as "heldAt" from (
  select id, sum(octet_length(left_out)) over (order by held_at desc, id) as bytes from order_files
  where shop_id = :shop and state = 'done' and (held_at > :heldAt or :byRow and held_at is not null)
) n join order_files f on f.id = n.id order by f.held_at desc, f.id`,
)

/** Lets another process begin at once. A planned stop is no attempt, else roll-outs would give a file up. */
export const RELEASE_FILE = statement(
  { id: 'uuid', holder: 'uuid', stopped: 'bool' },
  `update order_files set lease_until = null, holder = null, attempts = attempts - :stopped::int where id = :id and holder = :holder and state = 'waiting'`,
)

export const READ_PART = statement(
  { id: 'uuid', number: 'int' },
  `select sealed_part as sealed from order_file_parts where file_id = :id and number = :number`,
)

/** Stores a piece; the last one makes the file whole, in the same statement, whichever comes last. */
export const STORE_PART = statement(
  {
    id: 'uuid',
    shop: 'uuid',
    tenant: 'uuid',
    number: 'int',
    sealed: 'bytea',
    bytes: 'int',
    most: 'int',
    mostOfTenant: 'int',
  },
  `
with file as materialized (
  select id, parts, bytes from order_files
  where id = :id and shop_id = :shop and tenant_id = :tenant and state = 'uploading' and :number <= parts for update
), open as materialized (
  select coalesce(sum(bytes), 0) + :bytes > :mostOfTenant as is_full from order_files
  where tenant_id = :tenant and state in ('uploading', 'waiting') and source = 'person'
), stored as (
  insert into order_file_parts (file_id, number, sealed_part)
  select f.id, :number, :sealed from file f, open o where f.bytes + :bytes <= :most and not o.is_full
  on conflict do nothing returning file_id
), whole as (
  update order_files o set bytes = o.bytes + :bytes, received = o.received + 1,
    state = case when o.received + 1 = o.parts then 'waiting' else o.state end
  from stored s where o.id = s.file_id returning o.id
)
select exists (select from file) as "isOpen", (select f.bytes + :bytes > :most from file f) as "isTooBig", is_full as "isFull" from open`,
)

/**
 * Stores a file that came by mail, whole; nothing where the shop takes none any more. What is empty or too
 * much is stored as failed, without its pieces. Of either its mail is shown to staff as unreadable. Their
 * count has no limit: a backlog comes at once, and its newest files would be lost.
 */
export const INSERT_MAILED = statement(
  {
    id: 'uuid',
    tenant: 'uuid',
    shop: 'uuid',
    mail: 'uuid',
    name: 'text',
    parts: 'jsonb',
    bytes: 'int',
    exportedAt: 'timestamptz?',
    mostBytes: 'int',
    message: 'text',
    refusal: 'text',
    gone: 'text',
    attention: 'text',
    now: 'timestamptz',
  },
  `
with open as materialized (
  select :bytes = 0 or coalesce(sum(bytes), 0) + :bytes > :mostBytes as is_full
  from order_files where tenant_id = :tenant and state in ('uploading', 'waiting') and source = 'mail'
), made as (
  insert into order_files (id, tenant_id, shop_id, file_name, form, dry_run, state, source, actor, parts, received, bytes,
    exported_at, message, created_at, finished_at)
  select :id, s.tenant_id, s.id, :name, s.capabilities -> 'form', false, case when o.is_full then 'failed' else 'waiting' end,
    'mail', 'mail', jsonb_array_length(:parts), jsonb_array_length(:parts), :bytes,
    :exportedAt, case when o.is_full then :message end, :now, case when o.is_full then :now::timestamptz end
  from shops s, open o where s.id = :shop and s.tenant_id = :tenant and ${HAS_ORDER_FILES}
  returning id, state, shop_id, source
), ended as (select * from made where state = 'failed'), warned as (${toldOf('ended')}
), mail as materialized (
  select id, mailbox_id, state from mails where id = :mail and tenant_id = :tenant
    and not exists (select from made where state = 'waiting')
), told as (
  update mails m set state = 'unreadable', reason = case when m.state = 'unreadable' then m.reason else '' end
    || case when exists (select from made) then :refusal else :gone end
  from mail where m.id = mail.id
), counted as (
  update mailboxes b set mails_recognised = b.mails_recognised - 1, mails_unreadable = b.mails_unreadable + 1
  from mail where b.id = mail.mailbox_id and mail.state = 'recognised'
)
insert into order_file_parts (file_id, number, sealed_part)
select m.id, p.number, decode(p.sealed, 'hex')
from made m, jsonb_to_recordset(:parts) as p (number int, sealed text) where m.state = 'waiting'`,
)

/** Uploads of a tenant under way. Files of mails have a bound of their own and keep nobody from sending. */
export const OPEN_FILES = statement(
  { tenant: 'uuid' },
  `select count(*)::int as files, coalesce(sum(bytes), 0)::float8 as bytes from order_files
   where tenant_id = :tenant and state in ('uploading', 'waiting') and source = 'person'`,
)

/** Uploads that broke off, and records of files that ended long ago: one of a suspended tenant waits. */
export const DELETE_OLD_FILES = statement(
  { uploadedBefore: 'timestamptz', before: 'timestamptz', limit: 'int' },
  `
delete from order_files where id in (
  select id from order_files where created_at < :before and finished_at < :before or state = 'uploading' and created_at < :uploadedBefore
  order by created_at limit :limit)`,
)

export const FIND_DISMISSED = statement(
  { shop: 'uuid', numbers: 'text[]' },
  `select n from unnest(:numbers) n where ${wasDismissed(':shop', 'n')}`,
)

/** Orders that stand here under these numbers. */
export const FIND_HERE = statement(
  { shop: 'uuid', numbers: 'text[]' },
  `
select id::text, order_number as "orderNumber", mall_revision as revision, purged_at is not null as "isEmptied",
  mall_state::text as "mallState"
from orders where shop_id = :shop and order_number = any(:numbers)`,
)

/** Locked in the order in which a move takes the same orders. */
export const LOCK_HERE = statement(
  { ids: 'uuid[]' },
  `select id::text from orders where id = any(:ids) order by id for no key update`,
)

/** Left alone where another file was quicker. No version rises, and no event is written. */
export const RAISE_AGES = statement(
  { ids: 'uuid[]', known: 'text[]', raised: 'text[]' },
  `
with raised as (select * from unnest(:ids::uuid[], :known::text[], :raised::text[]) as r (id, known, revision)),
locked as materialized (select id from orders where id = any(:ids) order by id for no key update)
update orders o set mall_revision = r.revision from raised r join locked l on l.id = r.id
where o.id = r.id and o.mall_revision = r.known`,
)

/** Orders that have left by a change of ours, or may be leaving. A rehearsal tells the cart nothing. */
export const SHIPPED_BY_US = statement(
  { ids: 'uuid[]' },
  `select distinct order_id::text as id from site_changes where order_id = any(:ids) and action in ('ship', 'correct_shipment')
   and state in ('queued', 'changing', 'succeeded', 'warning') and code is distinct from 'REHEARSAL'`,
)

/** Notes beside the map by which the file was read what it had and lacked: another map begins anew. */
export const NOTE_HEADINGS = statement(
  { shop: 'uuid', form: 'jsonb', noted: 'jsonb' },
  `update shops set capabilities = capabilities || :noted
   where id = :shop and capabilities -> 'form' = :form and not capabilities @> :noted`,
)

export const READ_REVISIONS = statement(
  { ids: 'uuid[]' },
  `select id::text, mall_revision as revision from orders where id = any(:ids)`,
)

/** Content, raw answer and revision as the last file had them, for reading an order that no server has. */
export const READ_STORED = statement(
  { shop: 'uuid', numbers: 'text[]' },
  `
select o.id::text, o.order_number as "orderNumber", o.mall_revision as revision, o.mall_state::text as "mallState",
  o.mall_status as "mallStatus", o.sealed_detail as "sealedDetail", o.sealed_edits as "sealedEdits", r.sealed_raw as "sealedRaw"
from orders o left join order_raws r on r.order_id = o.id
where o.shop_id = :shop and o.order_number = any(:numbers) and o.sealed_detail is not null`,
)

/**
 * Orders of a shop whose shipment ended in a time, for the cart, and the parcels that were asked for then:
 * null for all. A rehearsal tells it nothing, and what had left before was told then.
 */
export const LIST_SHIPPED = statement(
  { tenant: 'uuid', shop: 'uuid', first: 'uuid', from: 'timestamptz', to: 'timestamptz', limit: 'int' },
  `
select o.id::text, o.order_number as "orderNumber", o.sealed_detail as "sealedDetail", t.told
from orders o join (
  select c.order_id, jsonb_agg(case when c.action = 'ship' then c.parameters -> 'parcels' end) as told from site_changes c
  where c.tenant_id = :tenant and c.shop_id = :shop and c.id >= :first and c.action in ('ship', 'correct_shipment') and c.state in ('succeeded', 'warning')
    and (c.code is null or c.code not in ('REHEARSAL', 'ALREADY_DONE')) and c.finished_at >= :from and c.finished_at < :to
  group by c.order_id) t on t.order_id = o.id
where o.tenant_id = :tenant and o.shop_id = :shop and o.sealed_detail is not null
order by o.order_number limit :limit`,
)
