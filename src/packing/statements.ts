import { DETAIL_FIELD, ORDER_FIELDS } from '../orders/order-json.ts'
import { statement } from '../platform/db/statement.ts'

/** Statements of the item list: a file of thousands of lines is one round trip each. */

/** Two files at once follow each other: either one's counts are what it did. */
export const LOCK_ITEMS = statement(
  { tenant: 'text' },
  "select pg_advisory_xact_lock(hashtextextended('items ' || :tenant, 0))",
)

const FILE = {
  tenant: 'uuid',
  keys: 'text[]',
  codes: 'text[]',
  shelves: 'text[]',
  goods: 'text[]',
  temperatures: 'text[]',
  jans: 'text[]',
  hasShelf: 'bool',
  hasGoods: 'bool',
  hasTemperature: 'bool',
  hasJan: 'bool',
} as const

/** A column that the file lacks stays as it is. */
const NEXT = `f.code,
    case when :hasShelf or i.key is null then f.shelf else i.shelf end as shelf,
    case when :hasGoods or i.key is null then f.goods_name else i.goods_name end as goods_name,
    case when :hasTemperature or i.key is null then f.temperature else i.temperature end as temperature,
    case when :hasJan or i.key is null then f.jan else i.jan end as jan`

const LINES = `wanted as materialized (
  select f.key, ${NEXT}, i.key is null as is_new,
    (i.code, i.shelf, i.goods_name, i.temperature, i.jan) as before
  from unnest(:keys, :codes, :shelves, :goods, :temperatures, :jans)
    as f (key, code, shelf, goods_name, temperature, jan)
  left join items i on i.tenant_id = :tenant and i.key = f.key
)`

const CHANGED = 'before is distinct from (code, shelf, goods_name, temperature, jan)'

/** Counts what a file would do; `others`: items that are not in it. */
export const PLAN_ITEMS = statement(
  FILE,
  `
with ${LINES}
select count(*) filter (where is_new)::int as created,
  count(*) filter (where not is_new and ${CHANGED})::int as updated,
  count(*) filter (where not is_new and not (${CHANGED}))::int as unchanged,
  (select count(*) from items i where i.tenant_id = :tenant
    and not exists (select from unnest(:keys) k where k = i.key))::int as others
from wanted`,
)

export const WRITE_ITEMS = statement(
  { ...FILE, now: 'timestamptz' },
  `
with ${LINES}
insert into items (tenant_id, key, code, shelf, goods_name, temperature, jan, updated_at)
select :tenant, key, code, shelf, goods_name, temperature, jan, :now from wanted where is_new or ${CHANGED}
on conflict (tenant_id, key) do update set code = excluded.code, shelf = excluded.shelf,
  goods_name = excluded.goods_name, temperature = excluded.temperature, jan = excluded.jan, updated_at = excluded.updated_at`,
)

/** Deletes items that a whole list no longer has. */
export const DELETE_OTHERS = statement(
  { tenant: 'uuid', keys: 'text[]' },
  `
delete from items i where i.tenant_id = :tenant and not exists (select from unnest(:keys) k where k = i.key)`,
)

/** Entry of the audit, in the transaction of the file itself. */
export const NOTE_IMPORT = statement(
  { id: 'uuid', tenant: 'uuid', now: 'timestamptz', actor: 'text', source: 'text?', data: 'jsonb' },
  `
insert into audit_entries (id, tenant_id, at, actor, source, action, target, data)
values (:id, :tenant, :now, :actor, :source, 'items.imported', :tenant::text, :data)`,
)

const COLUMNS = 'key, code, shelf, goods_name as "goodsName", temperature, jan, updated_at as "updatedAt"'

export const LIST_ITEMS = statement(
  { tenant: 'uuid', after: 'text', part: 'text', limit: 'int' },
  `
select ${COLUMNS} from items
where tenant_id = :tenant and key > :after and (:part = '' or strpos(key, :part) > 0 or strpos(lower(shelf), :part) > 0)
order by key limit :limit`,
)

export const FIND_ITEMS = statement(
  { tenant: 'uuid', keys: 'text[]' },
  `select ${COLUMNS} from items where tenant_id = :tenant and key = any(:keys)`,
)

export const ORDERS_BY_IDS = statement(
  { tenant: 'uuid', ids: 'uuid[]' },
  `
select ${ORDER_FIELDS}, ${DETAIL_FIELD} from orders o where o.tenant_id = :tenant and o.id = any(:ids)`,
)
