import { equivalent, type Fault, one } from './fault.ts'

/** Faults in what the malls' lists, amounts and consents mean, and in what is told of them. */

const SWEEP_TRUTH = 'test/integration/reconciliation/sweep-truth.test.ts'

export const sweep: readonly Fault[] = [
  one(
    '`verifiedUntil` by the latest open order',
    'src/reconciliation/settle.ts',
    'select min(w.at) from swept_orders w',
    'select max(w.at) from swept_orders w',
    SWEEP_TRUTH,
  ),
  one(
    '`completeUntil` ignored',
    'src/reconciliation/take.ts',
    'const runTo = earlier(run.to, page.completeUntil)',
    'const runTo = run.to',
    SWEEP_TRUTH,
  ),
  one(
    'new numbers counted of the last page only',
    'src/imports/list-position.ts',
    'passNew: at.passNew + page.fresh,',
    'passNew: page.fresh,',
    'src/imports/list-position.test.ts',
  ),
]

const RAKUTEN = 'src/marketplaces/rakuten/orders/list-orders.ts'
const RAKUTEN_TEST = 'test/malls/rakuten/list-orders.test.ts'
const YAHOO = 'src/marketplaces/yahoo/orders/list-orders.ts'
const YAHOO_TESTS = ['test/malls/yahoo/list-orders.test.ts', 'test/malls/yahoo/conformance.test.ts']
const AMAZON = 'src/marketplaces/amazon/orders/to-amounts.ts'
const AMAZON_TEST = 'test/malls/amazon/to-order.test.ts'

export const malls: readonly Fault[] = [
  one(
    'the end of Rakuten’s list off by one page',
    RAKUTEN,
    'at.page < Math.min(found.pages',
    'at.page + 1 < Math.min(found.pages',
    RAKUTEN_TEST,
  ),
  one(
    'the end of Rakuten’s list off by one second',
    RAKUTEN,
    'Math.ceil(to.getTime() / 1000) - 1',
    'Math.ceil(to.getTime() / 1000)',
    RAKUTEN_TEST,
  ),
  one('the end of Yahoo!’s list off by one entry', YAHOO, 'start <= total', 'start < total', ...YAHOO_TESTS),
  one(
    'the end of Yahoo!’s list off by one second',
    'src/marketplaces/kit/walk-list.ts',
    'Math.ceil(to.getTime() / 1000) * 1000 - 1000',
    'Math.ceil(to.getTime() / 1000) * 1000',
    ...YAHOO_TESTS,
  ),
  one(
    'Amazon’s tax on top always',
    AMAZON,
    'return netOf(amounts) !== total && netOf(amounts) + amounts.tax === total',
    'return true',
    AMAZON_TEST,
  ),
  one(
    'Amazon’s tax on top where it does not fit',
    AMAZON,
    'return netOf(amounts) !== total && netOf(amounts) + amounts.tax === total',
    'return netOf(amounts) !== total',
    AMAZON_TEST,
  ),
]

const CONSENT = 'src/shops/consents/browser.ts'
const CONSENT_TEST = 'test/integration/shops/consent.test.ts'
const FAILURES = 'src/platform/db/failures.ts'
const FAILURES_TEST = 'src/platform/db/failures.test.ts'
const THRESHOLDS = 'src/shops/calendar/lifetimes.ts'
const THRESHOLDS_TEST = 'src/shops/calendar/lifetimes.test.ts'
const EVENTS = 'src/events/statements.ts'
const EVENTS_TEST = 'test/integration/events/changes.test.ts'

const WEBHOOKS_TEST = 'test/integration/webhooks/webhooks.test.ts'
const ROTATION = 'src/ops/rotation/rotate.ts'
const ROTATION_TEST = 'test/integration/ops/rotate-keys.test.ts'

export const others: readonly Fault[] = [
  one(
    'a consent used twice at once',
    CONSENT,
    'where: { id, usedAt: null }, data: { usedAt: now }',
    'where: { id }, data: { usedAt: now }',
    CONSENT_TEST,
  ),
  equivalent(
    one(
      'a used consent looked at again',
      CONSENT,
      "  if (row.usedAt) return bad('used')\n",
      '',
      CONSENT_TEST,
    ),
    'the update that takes it decides, and says the same',
  ),
  one('57P01 to 57P03 not known as unreachable', FAILURES, '57P0[1-5]', '57P0[45]', FAILURES_TEST),
  one(
    'a notice threshold at the moment itself',
    THRESHOLDS,
    'since(days) <= now',
    'since(days) < now',
    THRESHOLDS_TEST,
  ),
  one(
    'a notice threshold at the start',
    THRESHOLDS,
    'since(days) > startsAt.getTime()',
    'since(days) >= startsAt.getTime()',
    THRESHOLDS_TEST,
  ),
  one('the event feed tells what is not certain yet', EVENTS, ' and xid < edge.oldest ', ' ', EVENTS_TEST),
  one(
    'the bound of the event feed off by one',
    EVENTS,
    'xid < edge.oldest ',
    'xid <= edge.oldest ',
    'test/integration/http/events.test.ts',
  ),
  one(
    'the event feed tells the row of its position again',
    EVENTS,
    'where (xid, id) > (:xid, :id) and xid < edge.oldest',
    'where (xid, id) >= (:xid, :id) and xid < edge.oldest',
    EVENTS_TEST,
  ),
  one(
    'the event feed knows a position before all that is kept',
    'src/events/history.ts',
    '!isAfter(begins, position) && ',
    '',
    EVENTS_TEST,
  ),
  one(
    'a webhook is planned what is not certain yet',
    'src/webhooks/statements.ts',
    'and (xid, id) > (due.xid, due.event_id) and xid < edge.oldest',
    'and (xid, id) > (due.xid, due.event_id)',
    WEBHOOKS_TEST,
  ),
  one(
    'a delivery that failed is due again at once',
    'src/webhooks/send.ts',
    'nextAttemptAt: new Date(now.getTime() + pause)',
    'nextAttemptAt: now',
    WEBHOOKS_TEST,
  ),
  one(
    'a webhook that failed is asked again at once',
    'src/webhooks/send.ts',
    'const leaseUntil = breathMs ? new Date(tools.clock.now() + breathMs) : null',
    'const leaseUntil = null',
    WEBHOOKS_TEST,
  ),
  one(
    'a rotation overwrites a row that changed meanwhile',
    ROTATION,
    '} = n.old',
    '} is not null',
    ROTATION_TEST,
  ),
  one(
    'a rotation overwrites an order that changed meanwhile',
    ROTATION,
    'where t.id = n.id and t.sealed_detail = n.old',
    'where t.id = n.id',
    ROTATION_TEST,
  ),
]
