export const LIST_HERE =
  'select order_number as number from orders where shop_id = $1 and order_number = any($2)'

export const LIST_OWNERS = `
select s.id::text, s.tenant_id::text as "tenantId",
  exists (select from orders o where o.shop_id = s.id and o.order_number = $3) as here
from shops s join tenants t on t.id = s.tenant_id and t.status = 'active'
where s.marketplace = $1::marketplace and s.code = $2 and s.enabled
order by s.id`

export const INSERT_NOTIFICATION = `
insert into mall_notifications (id, marketplace, notification_id, state, reason, what, shop_code, order_number, happened_at,
  seen_at, sealed_text)
values ($1, $2::marketplace, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (marketplace, notification_id) do nothing`

export const CLAIM_QUEUE = `
insert into notification_queues as held (url, marketplace, lease_owner, lease_until, updated_at)
values ($1, $2::marketplace, $3, $5, $4)
on conflict (url) do update set lease_owner = excluded.lease_owner, lease_until = excluded.lease_until, updated_at = excluded.updated_at
where held.lease_owner is null or held.lease_owner = $3 or held.lease_until is null or held.lease_until <= $4`

export const RELEASE_QUEUE = `
update notification_queues set lease_owner = null, lease_until = null where url = $1 and lease_owner = $2`

export const UPDATE_FAILED = `
update notification_queues set failure_code = $2, failed_at = case when failure_code is null then $3 else failed_at end, updated_at = $3
where url = $1`

export const UPDATE_HEARD = `
update notification_queues set failure_code = null, failed_at = null, last_message_at = case when $3::boolean then $2 else last_message_at end,
  updated_at = $2 where url = $1`
