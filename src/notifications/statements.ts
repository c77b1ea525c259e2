import { statement } from '../platform/db/statement.ts'

export const LIST_HERE = statement(
  { shop: 'uuid', numbers: 'text[]' },
  'select order_number as number from orders where shop_id = :shop and order_number = any(:numbers)',
)

/**
 * A change of an order that is being read for the first time, by whichever request: what was read of it
 * before says nothing of the change. Waits for an answer that is being written, after which the order is here
 * or this finds its request.
 */
export const TELL_REQUESTS = statement(
  { shop: 'uuid', number: 'text', now: 'timestamptz' },
  `
update import_requests set asks = asks + 1, changed_ask = asks + 1, next_attempt_at = least(next_attempt_at, :now)
where shop_id = :shop and order_number = :number and purpose in ('import', 'refresh') and state = 'waiting'`,
)

export const LIST_OWNERS = statement(
  { marketplace: 'marketplace', code: 'text', number: 'text?' },
  `
select s.id::text, s.tenant_id::text as "tenantId",
  exists (select from orders o where o.shop_id = s.id and o.order_number = :number) as here
from shops s join tenants t on t.id = s.tenant_id and t.status = 'active'
where s.marketplace = :marketplace and s.code = :code and s.enabled
order by s.id`,
)

export const INSERT_NOTIFICATION = statement(
  {
    id: 'uuid',
    marketplace: 'marketplace',
    notification: 'text',
    state: 'text',
    reason: 'text?',
    what: 'text',
    shopCode: 'text?',
    orderNumber: 'text?',
    happenedAt: 'timestamptz?',
    seenAt: 'timestamptz',
    sealed: 'bytea?',
  },
  `
insert into mall_notifications (id, marketplace, notification_id, state, reason, what, shop_code, order_number, happened_at,
  seen_at, sealed_text)
values (:id, :marketplace, :notification, :state, :reason, :what, :shopCode, :orderNumber, :happenedAt, :seenAt, :sealed)
on conflict (marketplace, notification_id) do nothing`,
)

export const TAKE_NOTIFICATION = statement(
  { id: 'uuid' },
  "update mall_notifications set state = 'taken', reason = null where id = :id",
)

export const CLAIM_QUEUE = statement(
  { url: 'text', marketplace: 'marketplace', owner: 'text', now: 'timestamptz', until: 'timestamptz' },
  `
insert into notification_queues as held (url, marketplace, lease_owner, lease_until, updated_at)
values (:url, :marketplace, :owner, :until, :now)
on conflict (url) do update set lease_owner = excluded.lease_owner, lease_until = excluded.lease_until, updated_at = excluded.updated_at
where held.lease_owner is null or held.lease_owner = :owner or held.lease_until is null or held.lease_until <= :now`,
)

export const RELEASE_QUEUE = statement(
  { url: 'text', owner: 'text' },
  `
update notification_queues set lease_owner = null, lease_until = null where url = :url and lease_owner = :owner`,
)

export const UPDATE_FAILED = statement(
  { url: 'text', code: 'text', at: 'timestamptz' },
  `
update notification_queues set failure_code = :code, failed_at = case when failure_code is null then :at else failed_at end, updated_at = :at
where url = :url`,
)

export const UPDATE_HEARD = statement(
  { url: 'text', at: 'timestamptz', message: 'bool' },
  `
update notification_queues set failure_code = null, failed_at = null, last_message_at = case when :message then :at else last_message_at end,
  updated_at = :at where url = :url`,
)
