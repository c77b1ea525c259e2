import { type Fault, one } from './fault.ts'

/** Faults in what stages, keeps and hands over orders. */

const STAGE = 'src/orders/store/stage.ts'
const ORDERS = 'src/orders/statements.ts'
const ASKED_ANEW = 'test/integration/imports/asked-anew.test.ts'
const ASKED_MEANWHILE = 'test/integration/imports/asked-meanwhile.test.ts'

export const staging: readonly Fault[] = [
  one(
    'staging overwrites the detail of an order that is here',
    STAGE,
    'on conflict (shop_id, order_number) do nothing',
    'on conflict (shop_id, order_number) do update set sealed_detail = excluded.sealed_detail',
    ASKED_ANEW,
  ),
  one(
    'staging counts an attempt of a request that is not waiting',
    STAGE,
    "a.id is not null and h.state = 'waiting' and (",
    'a.id is not null and (',
    ASKED_ANEW,
  ),
  one(
    'staging ends requests of another purpose',
    STAGE,
    "or h.purpose = 'import' and h.changed_ask = 0 and h.order_number = any(:refreshed)",
    'or h.order_number = any(:refreshed)',
    ASKED_ANEW,
  ),
  one(
    'staging by a refresh ends one that was asked for anew meanwhile',
    STAGE,
    'or h.asks = a.asks)',
    'or true)',
    ASKED_ANEW,
  ),
  one(
    'staging ends an import that was told of a change meanwhile',
    STAGE,
    'and h.changed_ask <= a.asks',
    'and true',
    ASKED_MEANWHILE,
  ),
  one(
    'staging ends a refresh that it wrote nowhere',
    STAGE,
    'and (i.id is not null or a.order_number',
    'and (true or a.order_number',
    ASKED_MEANWHILE,
  ),
  one(
    'a refresh without its version guard',
    'src/orders/store/statements.ts',
    'where o.id = locked.id and o.version = a.known_version',
    'where o.id = locked.id',
    ASKED_ANEW,
  ),
  one(
    'a second mail gives a request less time',
    'src/imports/requests/statements.ts',
    'expires_at = greatest(open.expires_at, excluded.expires_at)',
    'expires_at = excluded.expires_at',
    ASKED_ANEW,
  ),
  one(
    'due shops of a suspended tenant',
    'src/worker/statements.ts',
    "`t.status = 'active' and s.enabled",
    '`s.enabled',
    ASKED_ANEW,
  ),
]

const RETENTION = [
  'test/integration/imports/scheduler.test.ts',
  'test/integration/orders/handing-over.test.ts',
]

export const retention: readonly Fault[] = [
  one(
    'retention purges what is over at the mall and was never handed over',
    ORDERS,
    "(ended_at < :endedBefore and (status <> 'auto_imported' or mall_state = 'cancelled' or :strict) and",
    '(ended_at < :endedBefore and :strict is not null and',
    ...RETENTION,
  ),
  one(
    'retention purges a cancelled order before its time',
    ORDERS,
    "(ended_at < :endedBefore and (status <> 'auto_imported' or mall_state = 'cancelled' or :strict) and",
    "((ended_at < :endedBefore or mall_state = 'cancelled') and (status <> 'auto_imported' or mall_state = 'cancelled' or :strict) and",
    ...RETENTION,
  ),
  one(
    'retention purges what waits to be handed over by the time of what was',
    ORDERS,
    `or (staged_at < :unpulledBefore and status = 'auto_imported' and \${STILL_SINCE('staged_at')} < :unpulledBefore`,
    `or (staged_at < :openBefore and status = 'auto_imported' and \${STILL_SINCE('staged_at')} < :openBefore`,
    ...RETENTION,
  ),
  one(
    'retention counts what was handed over from its staging, not from its pull',
    ORDERS,
    `and status <> 'auto_imported' and \${STILL_SINCE('coalesce(pulled_at, updated_at)')} < :openBefore`,
    "and status <> 'auto_imported'",
    ...RETENTION,
  ),
]

const PULL = 'test/integration/orders/pull.test.ts'
const HAND_OVER = 'src/orders/hand-over/statements.ts'

export const handingOver: readonly Fault[] = [
  one(
    'a batch whose desk’s number is not compared',
    HAND_OVER,
    'd.number = :last and ',
    '(d.number = :last or true) and ',
    'test/integration/orders/hand-over.test.ts',
  ),
  one(
    'a pull that picks by id',
    HAND_OVER,
    `\${STAGED}\n  order by o.ordered_at, o.id limit :limit`,
    `\${STAGED}\n  order by o.id limit :limit`,
    PULL,
  ),
  one(
    'a pull’s hash without the shop',
    'src/orders/pull.ts',
    '[shopId ?? null, marketplace ?? null, limit]',
    '[marketplace ?? null, limit]',
    PULL,
  ),
  one(
    'a move without its row lock',
    'src/orders/statements.ts',
    'o.id = any(:ids) order by o.id for no key update',
    'o.id = any(:ids) order by o.id',
    'test/integration/orders/desk.test.ts',
  ),
  one(
    'a change’s deadline ignored for a step not sent',
    'src/site-changes/decide.ts',
    'if (now >= change.deadline) {\n    // It took',
    'if (now >= change.deadline && next.sends > 0) {\n    // It took',
    'test/unit/site-changes/decide.test.ts',
  ),
]
