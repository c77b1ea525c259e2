import { HAS_ORDER_FILES } from '../marketplaces/order-files/form.ts'
import { IS_SERVICE } from '../platform/db/known-malls.ts'

/** Statements of the operator's commands. Some read whole tables: they run by hand, seldom. */

export const LIST_TENANTS = `
select t.id::text, t.status::text, (select count(*) from shops s where s.tenant_id = t.id),
  (select count(*) from mailboxes m where m.tenant_id = t.id),
  (select count(*) from orders o where o.tenant_id = t.id and o.status = 'auto_imported'),
  coalesce((select case when m.state = 'gone' then 'gone to ' || coalesce(m.address, '?') else m.state end from tenant_moves m
    where m.tenant_id = t.id and m.state in ('leaving', 'gone', 'arrived', 'dropping')), '-'), t.name
from tenants t order by t.id`

/** Those that stand still on their way: whoever began the move may have forgotten it. */
export const LIST_MOVES_UNDER_WAY = `
select m.state, count(*)::int as tenants, min(m.tenant_id::text) as first, min(m.updated_at) as since from tenant_moves m
join tenants t on t.id = m.tenant_id where m.state in ('leaving', 'arrived', 'dropping') and m.updated_at < $1
group by m.state order by m.state`

export const LIST_KEYS = `
select k.prefix, k.expires_at, k.last_used_at, t.name, k.name
from api_keys k join tenants t on t.id = k.tenant_id where k.revoked_at is null
order by k.expires_at nulls last, k.id`

export const LIST_RECEIVERS = `
select what, shown, last, tenant, name from (
  select 'webhook' as what, w.shown_url as shown, (select max(d.finished_at) from webhook_deliveries d where d.webhook_id = w.id) as last,
    t.name as tenant, w.name from webhooks w join tenants t on t.id = w.tenant_id where w.enabled
  union all
  select 'channel', c.kind, c.last_sent_at, t.name, c.name from notice_channels c join tenants t on t.id = c.tenant_id where c.enabled
) r order by what, tenant, name`

/** With the files that came since the restore and of which at least one order was no fault. */
export const LIST_FILE_SHOPS = `
with restored as (select max(at) as at from audit_entries where action = 'backup.restored')
select t.name as tenant, s.name as shop, r.at as "restoredAt", coalesce(f.files, '[]') as files
from shops s join tenants t on t.id = s.tenant_id cross join restored r
left join lateral (
  select jsonb_agg(jsonb_build_object('fileName', file_name, 'source', source,
    'exportedAt', exported_at, 'createdAt', created_at)) as files
  from order_files where shop_id = s.id and state = 'done' and not dry_run and created_at > r.at
    and (counts ->> 'orders')::int > (counts ->> 'refused')::int) f on true
where ${HAS_ORDER_FILES}
order by 1, 2`

export const LIST_ATTENTION = `
select a.attention_since, a.what, a.attention_code, t.name, a.name from (
  select tenant_id, attention_since, 'shop' as what, attention_code, name from shops where attention_code is not null
  union all
  select tenant_id, attention_since, 'mailbox', attention_code, name from mailboxes where attention_code is not null
) a join tenants t on t.id = a.tenant_id order by a.attention_since`

/** Sorts more than memory holds, so that the server writes a file of a megabyte; no right is needed. */
export const SORT_MUCH =
  'select count(*) from (select random() as value from generate_series(1, 50000) order by 1) s'

export const DESCRIBE_SERVER = `
select split_part(version(), ' on ', 1) as version, current_setting('server_version_num')::int as number,
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as tls,
  (select rolsuper from pg_roles where rolname = current_user) as master`

/** Sessions of processes that do not know all malls, and the malls that such a process does not know. */
export const READ_OLDER = `
select count(*)::int as sessions, coalesce((enum_range(null::marketplace))[min(torikomi_known_malls(application_name)) + 1:], '{}')::text[] as malls
from pg_stat_activity
where datname = current_database() and ${IS_SERVICE} and torikomi_known_malls(application_name) < cardinality(enum_range(null::marketplace))`

export const READ_CLOCK = 'select extract(epoch from clock_timestamp()) * 1000 as now'

/** Which of some entries are still there: a restore has taken out those that came after its backup. */
export const FIND_AUDIT_ENTRIES = 'select id from audit_entries where id = any($1::uuid[])'
