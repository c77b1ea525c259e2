import { Prisma } from '../../generated/prisma/client.ts'
import { statement } from '../../platform/db/statement.ts'

/** Statements on tenants' audits, locks, repeated requests and bound keys that Prisma cannot express. */

// The chain of the audit.

/** The chain is read and made by one process at a time. */
export const LOCK_CHAIN = 'select pg_advisory_xact_lock(72707371)'

const ENTRY = `e.id, e.tenant_id as "tenantId", e.at, e.actor, e.source, e.action, e.target, e.order_ids as "orderIds", e.data`

/** By creation time and a day back: what commits late is linked late, and not missed. */
export const READ_UNLINKED = `select ${ENTRY} from audit_entries e
where e.at >= coalesce((select at from audit_links order by seq desc limit 1), '-infinity') - interval '1 day'
  and not exists (select from audit_links l where l.entry_id = e.id) order by e.at, e.id limit $1`

/** Of any time, as they came with their tenant. One cursor: pages from the beginning would be quadratic. */
export const OPEN_UNLINKED_OF_TENANT = `declare unlinked no scroll cursor for select ${ENTRY} from audit_entries e
where e.tenant_id = $1 and not exists (select from audit_links l where l.entry_id = e.id) order by e.at, e.id`

export const FETCH_UNLINKED_OF_TENANT = 'fetch 1000 from unlinked'
export const CLOSE_UNLINKED_OF_TENANT = 'close unlinked'

export const READ_LAST_LINK =
  'select seq, entry_id as "entryId", at, hash from audit_links order by seq desc limit 1'

export const INSERT_LINKS = statement(
  { seqs: 'int8[]', entries: 'uuid[]', times: 'timestamptz[]', hashes: 'bytea[]' },
  `insert into audit_links (seq, entry_id, at, hash)
select * from unnest(:seqs, :entries, :times, :hashes)`,
)

/** The chain's end is noted beside it: cutting off the end must change this one too. */
export const NOTE_MARK = `insert into data_steps (name, place) values ('audit_head', $1)
on conflict (name) do update set place = excluded.place, made_at = now()`

export const READ_MARK = `select place from data_steps where name = 'audit_head'`

export const WALK_CHAIN = `select l.seq, l.entry_id as "entryId", l.at as "linkedAt", l.at < now() - interval '12 months' as "isOver", l.hash, ${ENTRY} from audit_links l
left join audit_entries e on e.id = l.entry_id where l.seq > $1 order by l.seq limit $2`

/** As READ_UNLINKED looks for them, and finds them no more. */
export const FIND_PUT_IN = `select e.id from audit_entries e
where e.at < (select at from audit_links order by seq desc limit 1) - interval '1 day'
  and not exists (select from audit_links l where l.entry_id = e.id) order by e.at limit 1`

export const COUNT_UNLINKED =
  'select count(*) from audit_entries e where not exists (select from audit_links l where l.entry_id = e.id)'

/** The last of the links that are over, of $1 at most from the beginning; null: none is. */
export const FIND_LAST_OVER = `select (select max(seq) from (select seq, at from audit_links where seq < coalesce(
  (select min(seq) from audit_links where at >= now() - interval '12 months'), 9223372036854775807)
  order by seq limit $1) old) as "upTo"`

export const DELETE_LINKED_ENTRIES =
  'delete from audit_entries where id in (select entry_id from audit_links where seq <= $1)'

export const DELETE_LINKS = 'delete from audit_links where seq < $1'

// Failures at the door.

/**
 * In one statement, as several processes count at once. A failure after the window, or after the lock is
 * over, begins anew. `most` has the limit of each name.
 */
export const COUNT_FAILURES = statement(
  {
    names: 'bytea[]',
    most: 'int[]',
    now: 'timestamptz',
    windowFrom: 'timestamptz',
    lockUntil: 'timestamptz',
  },
  `
insert into door_failures (name, failures, since, locked_until)
select name, 1, :now, null::timestamptz from unnest(:names) with ordinality as given (name, n) order by name
on conflict (name) do update set
  failures = case when coalesce(door_failures.locked_until <= :now, door_failures.since < :windowFrom) then 1 else door_failures.failures + 1 end,
  since = case when coalesce(door_failures.locked_until <= :now, door_failures.since < :windowFrom) then :now else door_failures.since end,
  locked_until = case
    when coalesce(door_failures.locked_until <= :now, door_failures.since < :windowFrom) then null
    when door_failures.locked_until is not null then door_failures.locked_until
    when door_failures.failures + 1 >= (:most)[array_position(:names, door_failures.name)] then :lockUntil
    end
returning name, failures, locked_until as "lockedUntil"`,
)

/** A range of names each, so that all of a group are found by the key. */
export const listLocks = (
  firsts: Uint8Array<ArrayBuffer>[],
  lasts: Uint8Array<ArrayBuffer>[],
  now: Date,
): Prisma.Sql => Prisma.sql`
select f.name, f.locked_until as "lockedUntil"
from unnest(${firsts}::bytea[], ${lasts}::bytea[]) as r (first, last)
join door_failures f on f.name between r.first and r.last
where f.locked_until > ${now}`

export const deleteFailures = (first: Uint8Array<ArrayBuffer>, last: Uint8Array<ArrayBuffer>): Prisma.Sql =>
  Prisma.sql`delete from door_failures where name between ${first} and ${last}`

// Idempotency keys.

/** The first key of a rotation, for which its successors act. A depth, so that a circle ends. */
export const FIND_FIRST_KEY = statement(
  { tenant: 'uuid', key: 'uuid' },
  `
with recursive line as (
  select id, 0 as depth from api_keys where tenant_id = :tenant and id = :key
  union all
  select k.id, l.depth + 1 from line l join api_keys k on k.tenant_id = :tenant and k.successor_id = l.id where l.depth < 1000
)
select id::text from line order by depth desc limit 1`,
)

/** Held until the transaction ends, so that a second one with the key is told so at once. */
export const TRY_KEY = 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as free'

/**
 * `runs_until`: a request works under the key, or broke off; null: it is done, or its transaction is open.
 * One that is older than a day is taken over.
 */
export const CLAIM_KEYS = `
insert into idempotency_keys (id, tenant_id, key, operation, request_hash, runs_until, created_at)
select id, "tenantId", key, operation, decode(hash, 'hex'), "runsUntil", at from jsonb_to_recordset($1::jsonb)
  as n (id uuid, "tenantId" uuid, key text, operation text, hash text, "runsUntil" timestamptz, at timestamptz)
on conflict (key) do update set id = excluded.id, operation = excluded.operation, request_hash = excluded.request_hash,
  runs_until = excluded.runs_until, created_at = excluded.created_at, sealed_answer = null
where idempotency_keys.created_at < $2 returning id::text`

export const READ_KEYS = `
select id::text, key, operation, request_hash as hash, runs_until as "runsUntil", sealed_answer as answer
from idempotency_keys where key = any($1::text[])`

export const END_KEYS = `
update idempotency_keys set runs_until = null, sealed_answer = case when id = $2 then $3::bytea end
where id = any($1::uuid[])`

export const BREAK_OFF_KEYS = 'update idempotency_keys set runs_until = $2 where id = any($1::uuid[])'

export const DELETE_KEYS = 'delete from idempotency_keys where id = any($1::uuid[])'

export const ERASE_ANSWERS = `
update idempotency_keys set sealed_answer = null
where sealed_answer is not null and ($1::uuid is null or tenant_id = $1)`

// Whose shops a request is of.

export const FIND_OWN_SHOP = 'select from shops where id = $1 and tenant_id = $2'

/** From the id in the path ($1) of the tenant ($2): the shops that it is of. */
export const SHOPS_OF: ReadonlyMap<string, string> = new Map([
  ['shops', 'select id as shop from shops where id = $1 and tenant_id = $2'],
  ['orders', 'select shop_id as shop from orders where id = $1 and tenant_id = $2'],
  ['import-requests', 'select shop_id as shop from import_requests where id = $1 and tenant_id = $2'],
  ['import-scans', 'select shop_id as shop from import_scans where id = $1 and tenant_id = $2'],
  ['site-changes', 'select shop_id as shop from site_changes where id = $1 and tenant_id = $2'],
  ['pulls', 'select distinct shop_id as shop from orders where pull_id = $1 and tenant_id = $2'],
  [
    'reimports',
    `select distinct o.shop_id as shop from reimport_orders r join orders o on o.id = r.order_id
     where r.reimport_id = $1 and o.tenant_id = $2`,
  ],
])

export const SHOPS_OF_ORDERS =
  'select distinct shop_id as shop from orders where id = any ($1::uuid[]) and tenant_id = $2'

// Doors.

/** Keeps what the account gives as it is until the end of the transaction. */
export const lockAccount = (id: string): Prisma.Sql =>
  Prisma.sql`select id from staff_accounts where id = ${id}::uuid for no key update`

/** In the order of their ids, so that two who lock all of a tenant's wait and do not deadlock. */
export const LOCK_ACCOUNTS = statement(
  { tenantId: 'uuid' },
  'select id from staff_accounts where tenant_id = :tenantId order by id for no key update',
)

export const lockKey = (id: string): Prisma.Sql =>
  Prisma.sql`select id from api_keys where id = ${id}::uuid for no key update`

// The log of requests by API keys.

/** A tenant that was deleted meanwhile has no key any more. */
export const INSERT_REQUESTS = statement(
  { rows: 'jsonb' },
  `
insert into api_requests (id, tenant_id, api_key_id, method, path, status, ms, code, at)
select r.id, k.tenant_id, k.id, r.method, r.path, r.status, r.ms, r.code, r.at
from jsonb_to_recordset(:rows) as r (id uuid, "apiKeyId" uuid, method text, path text, status int2, ms int, code text, at timestamptz)
join api_keys k on k.id = r."apiKeyId"
on conflict do nothing`,
)

export const LIST_REQUESTS = statement(
  {
    tenant: 'uuid',
    key: 'uuid?',
    own: 'uuid?',
    id: 'uuid?',
    failed: 'bool?',
    code: 'text?',
    from: 'uuid?',
    to: 'uuid?',
    before: 'uuid?',
    limit: 'int',
  },
  `
select r.id::text, r.at, r.api_key_id::text as "apiKeyId", k.name as "apiKeyName", r.method, r.path, r.status, r.ms, r.code
from api_requests r join api_keys k on k.id = r.api_key_id
where r.tenant_id = :tenant
  and (:key is null or r.api_key_id = :key) and (:own is null or r.api_key_id = :own)
  and (:id is null or r.id = :id)
  and (:failed is null or (r.status >= 400) = :failed)
  and (:code is null or r.code = :code)
  and (:from is null or r.id >= :from) and (:to is null or r.id < :to) and (:before is null or r.id < :before)
order by r.id desc limit :limit`,
)

export const DELETE_OLD_REQUESTS = statement({ first: 'uuid' }, 'delete from api_requests where id < :first')

export const TRIM_REQUESTS = statement(
  { most: 'int' },
  `
delete from api_requests r using tenants t, lateral (
  select id from api_requests where tenant_id = t.id order by id desc offset :most limit 1) as over
where r.tenant_id = t.id and r.id <= over.id`,
)
