import { DETAIL_FIELD, ORDER_FIELDS } from '../orders/order-json.ts'
import { statement } from '../platform/db/statement.ts'

/** Statements of the labels. */

/** Reads orders, and when a label of each was last written. */
export const CHECKED_ORDERS = statement(
  { tenant: 'uuid', ids: 'uuid[]' },
  `
select ${ORDER_FIELDS}, ${DETAIL_FIELD},
  (select max(l.exported_at) from labels l where l.order_id = o.id) as "exportedAt"
from orders o where o.tenant_id = :tenant and o.id = any(:ids)`,
)

/** One statement for all: a label keeps its first file's key, so an older file's numbers find their order. */
export const CLAIM_KEYS = statement(
  {
    tenant: 'uuid',
    format: 'text',
    now: 'timestamptz',
    keys: 'text[]',
    orders: 'uuid[]',
    recipients: 'text[]',
  },
  `
insert into labels (tenant_id, key, order_id, recipient_id, format, exported_at)
select :tenant, t.key, t.order_id, t.recipient_id, :format, :now
from unnest(:keys, :orders, :recipients) as t(key, order_id, recipient_id)
on conflict (order_id, recipient_id) do update
  set format = excluded.format, exported_at = excluded.exported_at, exports = labels.exports + 1
returning order_id::text as "orderId", recipient_id as "recipientId", key`,
)

/** SQL condition: where order o goes was changed, here or at the mall, after its label l was last written. */
const READDRESSED = `exists (select from order_events e where e.order_id = o.id and e.at > l.exported_at and (
  e.kind = 'changed_at_mall' and e.data -> 'parts' ? 'recipients'
  or e.kind in ('edited', 'taken_over', 'reimported') and e.data ->> 'replaced' is distinct from 'false'
    and jsonb_path_exists(e.data, '$.fields[*] ? (@ like_regex "^/recipients($|/[0-9]+($|/person))")')))`

/** Finds orders by our key, or by the mall's order number for files that were not made here. */
export const FIND_ORDERS = statement(
  { tenant: 'uuid', keys: 'text[]', numbers: 'text[]' },
  `
select k.key as wanted, l.recipient_id as "recipientId", o.id::text, o.order_number as "orderNumber",
  o.shop_id::text as "shopId", o.marketplace::text, o.mall_state as "mallState", o.status::text, ${READDRESSED} as readdressed
from unnest(:keys) as k(key)
join labels l on l.tenant_id = :tenant and l.key = k.key
join orders o on o.id = l.order_id
union all
select n.number, null, o.id::text, o.order_number, o.shop_id::text, o.marketplace::text, o.mall_state, o.status::text, false
from unnest(:numbers) as n(number)
join orders o on o.tenant_id = :tenant and lower(o.order_number) = lower(n.number)`,
)
