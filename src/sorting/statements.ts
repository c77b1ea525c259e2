import { statement } from '../platform/db/statement.ts'

/** Statements of 自動仕分け, each with the reason why it is one round trip. */

const SORTED_ROW = `o.id::text, o.shop_id::text as "shopId", o.marks, o.mall_state as "mallState", o.holds, o.flags,
  o.sealed_detail as "sealedDetail"`

/** Statuses that the rules move an order between; all others are somebody's own. */
const MOVABLE = `o.status in ('new', 'awaiting_payment', 'on_hold', 'ready_to_ship')`

/**
 * Lists orders that the rules have to look at, a page behind `after`: what fails holds up nothing behind it.
 * An order whose site change is under way waits for its end: the change may move it by itself.
 */
export const LIST_DUE = statement(
  { after: 'uuid', limit: 'int' },
  `
select ${SORTED_ROW}, o.tenant_id::text as "tenantId", o.revision
from orders o where o.sorting = 'due' and o.id > :after and o.change_state not in ('queued', 'changing') order by o.id limit :limit`,
)

export const READ_MOVE_RULES = statement(
  { tenants: 'uuid[]' },
  `select tenant_id::text as "tenantId", enabled, sealed_rules as "sealedRules" from move_rules where tenant_id = any(:tenants)`,
)

/**
 * Moves orders of one tenant, and notes of the others that they were looked at. An order that somebody else
 * wrote meanwhile is neither: it stays due, or is no longer the rules'. By the revision, as a mark that is
 * found gives no new version. One round trip, as a pull brings a thousand. Steps: lock (by id, as other
 * writers do), check, move, write the timeline.
 */
export const SORT = statement(
  {
    tenant: 'uuid',
    ids: 'uuid[]',
    revisions: 'int[]',
    /** Null: the order stays. */
    to: 'text[]',
    rules: 'text[]',
    reasons: 'bytea[]',
    eventIds: 'uuid[]',
    now: 'timestamptz',
  },
  `
with wanted as (
  select * from unnest(:ids, :revisions, :to, :rules, :reasons, :eventIds) as w (id, revision, target, rule, reason, event_id)
), locked as materialized (
  select o.id, o.status, w.target, w.rule, w.reason, w.event_id from orders o join wanted w using (id)
  where o.tenant_id = :tenant and o.sorting = 'due' and o.revision = w.revision and o.change_state not in ('queued', 'changing')
  order by o.id for no key update of o
), moving as (
  select l.* from locked l join orders o using (id)
  where l.target is not null and l.status <> l.target::order_status and o.mall_state = 'open' and ${MOVABLE}
), looked as (
  update orders o set sorting = 'seen' from locked l where o.id = l.id and not exists (select from moving m where m.id = l.id)
), moved as (
  update orders o set sorting = 'seen', status = m.target::order_status, version = o.version + 1, updated_at = :now,
    on_hold_date = null, sealed_on_hold_reason = m.reason
  from moving m where o.id = m.id
)
insert into order_events (id, order_id, at, kind, actor, data, sealed_reason)
select m.event_id, m.id, :now, 'moved', 'rule:' || m.rule, jsonb_build_object('from', m.status, 'to', m.target), m.reason from moving m
returning order_id::text as "orderId"`,
)

/** Takes orders from the rules of a tenant that has turned them off. */
export const LET_GO = statement(
  { ids: 'uuid[]' },
  `update orders set sorting = null where id = any(:ids) and sorting = 'due'`,
)

/** The newest orders with their content, for a preview. */
export const LIST_NEWEST = statement(
  { tenant: 'uuid', limit: 'int' },
  `
select ${SORTED_ROW}, o.order_number as "orderNumber", o.status::text
from orders o where o.tenant_id = :tenant and o.sealed_detail is not null order by o.ordered_at desc, o.id desc limit :limit`,
)
