import { type Fault, one } from './fault.ts'

/**
 * Faults in what works on site changes, and beside them in requests and labels: nothing but a named test
 * noticed these.
 */

const CLAIM = 'src/site-changes/claim.ts'
const ON_IMPORT = 'src/site-changes/requests/on-import.ts'
const STATEMENTS = 'src/site-changes/statements.ts'
const ON_IMPORT_TEST = 'test/integration/site-changes/on-import.test.ts'
const WAITING_TEST = 'test/integration/site-changes/waiting.test.ts'
const MEANWHILE_TEST = 'test/integration/site-changes/meanwhile.test.ts'
const NEXT_CHECK = 'src/orders/store/columns.ts'
const HELD_TEST = 'test/integration/imports/held-orders.test.ts'
const ASKED_MEANWHILE = 'test/integration/imports/asked-meanwhile.test.ts'

export const changes: readonly Fault[] = [
  one(
    'a change’s lease taken 90 s early',
    CLAIM,
    'c.next_attempt_at <= :now\n  and (c.lease_until is null or c.lease_until <= :now)',
    "c.next_attempt_at <= :now\n  and (c.lease_until is null or c.lease_until <= :now + interval '90 seconds')",
    WAITING_TEST,
  ),
  one(
    'a change in hand expires',
    STATEMENTS,
    "'(c.lease_until is null or c.lease_until <= :now)'",
    "':now is not null'",
    WAITING_TEST,
  ),
  one(
    'a success takes later failures off the order',
    STATEMENTS,
    ' and e.position < c.position',
    ' and e.position <> c.position',
    WAITING_TEST,
  ),
  one(
    'a success takes failures of another wish off the order',
    'src/site-changes/decide.ts',
    'wanted.every((one) => done.some((other) => covers(other, one)))',
    'done.length > 0',
    WAITING_TEST,
  ),
  one(
    'a worker notes what it sends before it has locked the order',
    STATEMENTS,
    'select id from orders where id = :order for key share',
    'select id from orders where id = :order',
    'test/integration/platform/dead-locks.test.ts',
  ),
  one(
    'a cancel waits behind a shipping that waits between two calls',
    CLAIM,
    ' && @.state != "applied"',
    '',
    MEANWHILE_TEST,
  ),
  one(
    'a wake while a change is held is forgotten',
    STATEMENTS,
    '(next_attempt_at > :now or lease_until > :now)',
    'next_attempt_at > :now and (lease_until is null or lease_until <= :now)',
    MEANWHILE_TEST,
  ),
  one(
    'a change at the end of a hold that was not written',
    STATEMENTS,
    "array_to_string(o.holds, ',') = w.holds",
    'w.holds is not null',
    ON_IMPORT_TEST,
  ),
  one(
    'a change at the end of a hold is made again at the end of the next',
    STATEMENTS,
    'and not exists (select from site_changes c where c.order_id = o.id and c.action = :action)',
    'and :action is not null',
    ON_IMPORT_TEST,
  ),
  one(
    'a change at the end of a hold is not made where another action was asked for',
    STATEMENTS,
    'c.order_id = o.id and c.action = :action)',
    'c.order_id = o.id and :action is not null)',
    ON_IMPORT_TEST,
  ),
  one(
    'a change at the end of a hold that kept nothing back',
    ON_IMPORT,
    'order.holds.some((kind) => !USUAL_HOLDS.has(kind)) && holds(',
    'order.holds.length > 0 && holds(',
    ON_IMPORT_TEST,
  ),
  one(
    'an answer ends what was asked anew meanwhile',
    'src/imports/requests/statements.ts',
    ' and r.attempts = a.known_attempts and r.asks = a.asks',
    ' and r.attempts = a.known_attempts',
    ASKED_MEANWHILE,
  ),
  one(
    'results are written without the lock of their requests',
    'src/imports/requests/statements.ts',
    'order by r.shop_id, r.order_number, r.purpose for update of r',
    'order by r.shop_id, r.order_number, r.purpose',
    'test/integration/imports/request-rows.test.ts',
  ),
  one(
    'a listed number that is held back is hurried without being counted',
    'src/reconciliation/page.ts',
    'set next_attempt_at = :at, asks = asks + 1 where id in',
    'set next_attempt_at = :at where id in',
    ASKED_MEANWHILE,
  ),
  one(
    'one tracking number on two recipients of an order',
    'src/labels/tracking.ts',
    'earlier.order?.id === row.order.id && earlier.recipientId === row.recipientId',
    'earlier.order?.id === row.order.id',
    'test/integration/labels/labels.test.ts',
  ),
  one(
    'a held order is read again at its last hold in place of its next',
    NEXT_CHECK,
    'Math.min(...ends.filter((end) => end > now)',
    'Math.max(...ends.filter((end) => end > now)',
    ON_IMPORT_TEST,
  ),
  one(
    'a hold past its time is read again no more',
    NEXT_CHECK,
    'past.length > 0 ? [now + pause] : []',
    'past.length > ends.length ? [now + pause] : []',
    HELD_TEST,
  ),
  one(
    'a hold far ahead is read again at its end alone',
    NEXT_CHECK,
    'new Date(Math.min(next, now + MOST_AHEAD_MS))',
    'new Date(Math.max(next, Math.min(next, now + MOST_AHEAD_MS)))',
    HELD_TEST,
  ),
  one(
    '同梱候補 that was lost is not looked for',
    'src/marks/statements.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of the source
    "and not o.marks @> '{combinable}' and ${HAS_PARTNER}",
    "and not o.marks @> '{combinable}' and false",
    'test/integration/marks/marks-races.test.ts',
  ),
]
