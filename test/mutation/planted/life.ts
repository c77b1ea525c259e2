// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of template strings

import type { Command } from '../../life/commands.ts'
import type { Edit } from './fault.ts'
import { MADE } from './life-made.ts'

/**
 * Faults that the life model is to find (`npm run mutate -- life`): one line each, over all rooms of an
 * order's way. They are not the faults of a named test: what finds them is a history that nobody wrote.
 */

export interface LifeFault {
  /** As docs/reliability.md names it. */
  name: string
  edit: Edit
  /** What a history says that comes near it: such ones are played first. */
  near: readonly string[]
  /** Histories that were written for it. */
  made: readonly (readonly Command[])[]
}

const at = (file: string, find: string, put: string): Edit => ({ file, find, put })

const INTAKE = 'src/mail/intake/intake.ts'
const REQUESTS = 'src/imports/requests/statements.ts'
const ORDERS = 'src/orders/statements.ts'
const STORE = 'src/orders/store/statements.ts'
const CHANGES = 'src/site-changes/statements.ts'
const RECORDER = 'src/site-changes/change-recorder.ts'
const AFTER = 'src/site-changes/order-after.ts'
const REQUEST = 'src/site-changes/requests/request.ts'
const PAGE = 'src/reconciliation/page.ts'
const MARKS = 'src/marks/statements.ts'
const WEBHOOKS = 'src/webhooks/statements.ts'
const SEND = 'src/webhooks/send.ts'
const TRIGGERS = 'prisma/triggers.sql'
const WHY = 'src/why/decide.ts'
const PLANS = 'src/marketplaces/kit/changes/plans.ts'

const faults: readonly (readonly [string, Edit])[] = [
  ['mail: a cancellation mail asks for nothing', at(INTAKE, "cancelled: 'refresh',", 'cancelled: null,')],
  ['mail: a payment mail asks for nothing', at(INTAKE, "payment: 'refresh',", 'payment: null,')],
  [
    'imports: a person’s retry of one request is not counted in `asks`',
    at(
      REQUESTS,
      "set state = 'waiting', asks = asks + 1,\n  source = case when state",
      "set state = 'waiting',\n  source = case when state",
    ),
  ],
  [
    'imports: what is asked for again is not counted in `asks`',
    at(
      REQUESTS,
      '\n  asks = open.asks + (excluded.next_attempt_at <= ${now})::int,',
      '\n  asks = open.asks,',
    ),
  ],
  [
    'imports: an answer puts off what was asked anew meanwhile',
    at(
      REQUESTS,
      ' and r.attempts = a.known_attempts and r.asks = a.asks`',
      ' and r.attempts = a.known_attempts`',
    ),
  ],
  [
    'imports: a person’s request leaves the time of the next attempt',
    at(
      REQUESTS,
      'else least(open.next_attempt_at, excluded.next_attempt_at) end,',
      'else open.next_attempt_at end,',
    ),
  ],
  [
    'imports: an order that was given up is not asked for again',
    at(
      'src/reconciliation/settle.ts',
      'return again !== null && again <= at',
      'return again !== null && again > at',
    ),
  ],
  [
    'orders: a refresh ends what was asked anew meanwhile',
    at(
      STORE,
      "where r.id = held.id and r.state = 'waiting' and r.asks = a.asks`",
      "where r.id = held.id and r.state = 'waiting'`",
    ),
  ],
  [
    'orders: a refresh is written over what somebody changed meanwhile',
    at(STORE, 'where o.id = locked.id and o.version = a.known_version', 'where o.id = locked.id'),
  ],
  [
    'orders: a refresh leaves the version',
    at(STORE, 'version = o.version + a.differs::int,', 'version = o.version,'),
  ],
  [
    'orders: an edit is written over another of the same version',
    at(
      ORDERS,
      'from orders where id = :id and version = :version for no key update',
      'from orders where id = :id and :version > 0 for no key update',
    ),
  ],
  [
    'orders: 保留 as before takes the oldest one',
    at(
      ORDERS,
      'order by e.at desc, e.id desc limit 1\n  ) b on true',
      'order by e.at, e.id limit 1\n  ) b on true',
    ),
  ],
  [
    'orders: a move leaves no line in the timeline',
    at(
      ORDERS,
      "jsonb_strip_nulls(jsonb_build_object('from', m.before, 'to', :to, 'onHoldDate', m.until)), m.reason\n  from moved m",
      "jsonb_strip_nulls(jsonb_build_object('from', m.before, 'to', :to, 'onHoldDate', m.until)), m.reason\n  from moved m where m.before <> 'on_hold'",
    ),
  ],
  [
    'orders: モール取消 counts purged orders',
    at(ORDERS, ' and ${NOT_CLOSED} and o.purged_at is null)', ' and ${NOT_CLOSED})'),
  ],
  [
    'retention: the end of a hold is not waited for',
    at(
      ORDERS,
      "mall_state = 'open' and held_until > ${now}\n",
      "mall_state = 'cancelled' and held_until > ${now}\n",
    ),
  ],
  [
    'retention: raw answers of requests that ended stay',
    at(
      ORDERS,
      '(r.finished_at < :before or exists (\n    select from orders o where o.shop_id',
      '(:before is null or exists (\n    select from orders o where o.shop_id',
    ),
  ],
  [
    'retention: mails keep their words',
    at(
      ORDERS,
      "and (seen_at < :before or state = 'unreadable' and seen_at < :unreadableBefore)",
      "and (state = 'unreadable' and seen_at < :unreadableBefore)",
    ),
  ],
  [
    'retention: rows of the feed are forgotten and nobody is told',
    at(
      ORDERS,
      'where (h.xid, h.event_id) < (last.xid, last.id)\n',
      'where (h.xid, h.event_id) > (last.xid, last.id)\n',
    ),
  ],
  [
    'erasure: an old version stays',
    at(
      ORDERS,
      'delete from order_versions using old where order_id = old.id',
      'delete from order_versions using old where order_id = old.id and number > 1',
    ),
  ],
  [
    'erasure: the reason of a hold stays in the timeline',
    at(
      ORDERS,
      'where e.order_id = old.id and e.sealed_reason is not null',
      'where e.order_id = old.id and e.sealed_reason is null',
    ),
  ],
  [
    'erasure: an order that comes in later is whole',
    at(
      TRIGGERS,
      '    WHERE o.ordered_at <= e.at GROUP BY o.id',
      '    WHERE o.ordered_at > e.at GROUP BY o.id',
    ),
  ],
  [
    'site changes: a held change is woken without its lease’s end',
    at(
      CHANGES,
      'update site_changes set next_attempt_at = greatest(:now, lease_until)',
      'update site_changes set next_attempt_at = :now',
    ),
  ],
  [
    'site changes: a wake while a change is held is lost',
    at(
      CHANGES,
      'next_attempt_at = case when next_attempt_at = :dueAt then :nextAttemptAt else least(:nextAttemptAt, :now) end,',
      'next_attempt_at = case when true or next_attempt_at = :dueAt then :nextAttemptAt else least(:nextAttemptAt, :now) end,',
    ),
  ],
  [
    'site changes: a lost call’s `until` is not kept',
    at(
      RECORDER,
      'const settles = Math.max(result.until, now.getTime() + settlesAfterMs)',
      'const settles = now.getTime()',
    ),
  ],
  [
    'site changes: a worker that lost its lease writes on',
    at(
      CHANGES,
      "where id = :id and lease_token = :lease and state = 'changing' and order_id",
      "where id = :id and :lease is not null and state = 'changing' and order_id",
    ),
  ],
  [
    'site changes: a call goes out after its time',
    at(
      'src/platform/http/http-client.ts',
      '({ clock, at }: SendDeadline): boolean => clock.now() > at',
      '({ clock, at }: SendDeadline): boolean => clock.now() > at + 3_600_000',
    ),
  ],
  [
    'site changes: an answered change leaves the order’s state',
    at(REQUEST, '    await writeOrderStates(client, [orderId], now)\n    return', '    return'),
  ],
  [
    'site changes: the tracking number that was shipped is not kept',
    at(
      AFTER,
      'return shipped.length > 0 ? (order) => withShipped(order, shipped) : null',
      'return shipped.length > 9 ? (order) => withShipped(order, shipped) : null',
    ),
  ],
  [
    'site changes: postage that we changed is not taken over',
    at(
      AFTER,
      '...(shipping ? { shipping: now.shipping } : {}),',
      '...(shipping ? { shipping: before.charges.shipping } : {}),',
    ),
  ],
  [
    'HTTP: a key is given back after a time-out',
    at(
      'src/http/idempotency.ts',
      "work.failed(request.problemCode !== 'TIMEOUT')",
      "work.failed(request.problemCode !== 'BAD_REQUEST')",
    ),
  ],
  [
    'reconciliation: a run begins where the last one ended',
    at(
      'src/reconciliation/plan.ts',
      'const from = Math.max(known - (deep ? deepOverlapOf(limits) : overlapOf(limits)), oldest)',
      'const from = Math.max(known, oldest)',
    ),
  ],
  [
    'reconciliation: a difference is asked for once',
    at(PAGE, 'coalesce(${STILL_DIFFERS}, false)\n', '${STILL_DIFFERS} is null\n'),
  ],
  [
    'marks: the older of two orders is not marked 同梱候補',
    at(
      MARKS,
      'and o.id in (select id from pair union select other from pair where place <= ${MOST_PARTNERS})',
      'and o.id in (select id from pair)',
    ),
  ],
  [
    'marks: 同梱候補 stays when its partner has gone',
    at(MARKS, 'and ${COMBINABLE} and (${GONE} or not ${HAS_PARTNER})', 'and ${COMBINABLE} and ${GONE}'),
  ],
  [
    'webhooks: one that was off for too long goes on without a reset',
    at(
      WEBHOOKS,
      'coalesce((w.xid, w.event_id) < (t.feed_xid, t.feed_event_id), false) as lost',
      'false as lost',
    ),
  ],
  [
    'webhooks: a delivery that failed once is given up',
    at(SEND, 'const isLast = attempts >= MOST_ATTEMPTS', 'const isLast = attempts >= 1'),
  ],
  [
    'events: an order whose status alone changed is not told',
    at(TRIGGERS, "THEN 'pulled' WHEN n.status <> o.status THEN 'moved' END,", "THEN 'pulled' END,"),
  ],
  [
    'events: the end of an order is not noted',
    at(
      TRIGGERS,
      '    NEW.ended_at := greatest(NEW.updated_at, NEW.refreshed_at);',
      "    NEW.ended_at := greatest(NEW.updated_at, NEW.refreshed_at) + interval '40 days';",
    ),
  ],
  [
    'why: a request that retries says it waits in the queue',
    at(
      WHY,
      '  if (isDoubted(request)) {\n    const message',
      '  if (!isDoubted(request)) {\n    const message',
    ),
  ],
  [
    'malls’ kit: tracking numbers are compared by their ends',
    at(
      PLANS,
      '  bareNumber(a) === bareNumber(b)\n',
      '  bareNumber(a).slice(0, 9) === bareNumber(b).slice(0, 9)\n',
    ),
  ],
]

/** By the beginning of a fault's name. */
const NEAR: readonly (readonly [string, readonly string[]])[] = [
  ['mail: a canc', ['"mallCancel"', '"mailed":true', '"kind":"cancelled"']],
  ['mail', ['"kind":"paid"']],
  ['imports: an order that', ['"times":12', '"ms":46800000']],
  ['imports', ['"calls":1', '"late":180', '"retry"', '"import"', '"do":"resume"']],
  ['orders: a refresh', ['"calls":1', '"do":"edit"', '"kind":"paid"', '"reread"', '"do":"mallAddress"']],
  ['orders: an edit', ['"do":"edit"', '"left":{"do":"edit"']],
  ['orders: 保留', ['"restore":true', '"days"']],
  ['orders: モール', ['"mallCancel"', '"ms":5270400000', '"ms":2678400000']],
  ['orders', ['"on_hold"']],
  ['retention: the end', ['"days":200', '"days":400', '"days":160']],
  ['retention', ['"retention"', '"ms":5270400000', '"ms":2678400000', '"times":12']],
  ['erasure', ['"erase"', '"do":"edit"', '"mailed":false', '"days"']],
  ['site changes: a lost', ['"stray"']],
  ['site changes: postage', ['"fee"']],
  ['site changes: an answered', ['"dismiss"']],
  ['site changes: the tracking', ['"parts"', '"ship"']],
  ['site changes', ['"calls":2', '"calls":1', '"ship"', '"change"', '"do":"resume"']],
  ['HTTP', ['"do":"hold","at":0,"action":{"do":"reread"', '"do":"block"', '"do":"tracking"']],
  ['reconciliation: a run', ['"ms":39600000', '"late":180']],
  ['reconciliation', ['"lag":1', '"lag":2', '"ms":46800000']],
  ['marks', ['"twin":true']],
  ['webhooks', ['"do":"webhook"', '"deaf"', '"ms":2678400000']],
  ['events: an', ['"move"', '"deliver"', '"follow"']],
  ['events', ['"ms":5270400000', '"retention"']],
  ['why', ['"late":180', '"times":12']],
  ['malls', ['"correct"', '"parts"']],
]

const nearOf = (name: string): readonly string[] =>
  NEAR.find(([beginning]) => name.startsWith(beginning))?.[1] ?? []

export const LIFE_FAULTS: readonly LifeFault[] = faults.map(([name, edit]) => ({
  name,
  edit,
  near: nearOf(name),
  made: Object.entries(MADE).find(([beginning]) => name.startsWith(beginning))?.[1] ?? [],
}))

/** What one fault did. */
export interface Planted {
  name: string
  /** What a history that was written for it broke; null: nothing; absent: none was played. */
  made?: string | null
  /** Null: all drawn histories went well; absent: none was played. */
  found?: { history: number; step: number; by: string } | null
  /** So many were drawn, at most. */
  histories?: number
}

/** As docs/reliability/life/faults.json keeps it. */
export interface PlantedRun {
  date: string
  commit: string
  seed: number
  /** Histories that broke without any fault, and so tell nothing. */
  unsound: number[]
  quick: number
  long: number
  faults: Planted[]
}

/** As docs/reliability.md shows it. */
export function rowOf({ name, made, found, histories }: Planted): string {
  const drawn = found === null ? `**nothing** in ${histories}` : 'not played'
  const cells = [
    ...[name, made === undefined ? 'not played' : (made ?? '**nothing**')],
    ...(found ? [found.by, `${found.history}, ${found.step}`] : [drawn, '–']),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '/')).join(' | ')} |`
}
